from collections.abc import Iterator

import grpc
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from tests.services.inference.oip.serving import service
from tests.stand_ins import POISON

from pinakes.services.http.telemetry import Tracing
from pinakes.services.inference import main
from pinakes.services.inference.oip.rpc.messages import message_class

#: A trace that a caller has begun.
TRACE = "0af7651916cd43dd8448eb211c80319c"

METHOD = "inference.GRPCInferenceService/ModelInfer"


def asked(text: str) -> bytes:
    request = message_class("ModelInferRequest")(model_name="stand-in")
    entry = request.inputs.add(name="texts", datatype="BYTES", shape=[1])
    entry.contents.bytes_contents.append(text.encode())
    return bytes(request.SerializeToString())


@pytest.fixture(scope="module")
def spans() -> Iterator[tuple[ReadableSpan, ...]]:
    """What was traced of a call that continues a trace, one on which the model fails, and a probe."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(main, "tracing_of", lambda *_given, **_named: Tracing(provider))
        with service() as running, grpc.insecure_channel(running.grpc) as channel:
            infer = channel.unary_unary(f"/{METHOD}")
            traceparent = ("traceparent", f"00-{TRACE}-b7ad6b7169203331-01")
            infer(asked("words"), metadata=[traceparent, ("x-request-id", "the-first")])
            with pytest.raises(grpc.RpcError):
                infer(asked(POISON.decode()))
            channel.unary_unary("/inference.GRPCInferenceService/ServerLive")(b"")
    yield exporter.get_finished_spans()


def calls(spans: tuple[ReadableSpan, ...]) -> list[ReadableSpan]:
    return [span for span in spans if (span.attributes or {}).get("rpc.system") == "grpc"]


def test_a_call_continues_its_callers_trace(spans: tuple[ReadableSpan, ...]) -> None:
    first = calls(spans)[0]
    assert (first.name, first.kind) == (METHOD, SpanKind.SERVER)
    assert first.parent is not None
    assert (first.parent.trace_id, first.parent.span_id) == (int(TRACE, 16), 0xB7AD6B7169203331)
    assert dict(first.attributes or {}) == {
        "rpc.system": "grpc",
        "rpc.service": "inference.GRPCInferenceService",
        "rpc.method": "ModelInfer",
        "rpc.grpc.status_code": 0,
        "pinakes.request_id": "the-first",
    }


def test_the_work_stands_below_its_call(spans: tuple[ReadableSpan, ...]) -> None:
    (work, _) = [span for span in spans if span.name == "text-embedding"]
    assert work.parent is not None
    assert work.parent.span_id == calls(spans)[0].get_span_context().span_id  # type: ignore[union-attr]


def test_a_failed_call_says_so_without_what_was_sent(spans: tuple[ReadableSpan, ...]) -> None:
    failed = calls(spans)[1]
    assert failed.status.status_code is StatusCode.ERROR
    assert (failed.attributes or {})["rpc.grpc.status_code"] == grpc.StatusCode.INTERNAL.value[0]
    assert not failed.events
    assert failed.status.description is None


def test_probes_leave_no_traces(spans: tuple[ReadableSpan, ...]) -> None:
    assert len(calls(spans)) == 2
