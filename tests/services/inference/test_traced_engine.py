from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from tests.serving.one_engine import await_state, put
from tests.stand_ins import StandInModel, only_offer, vector_of
from tests.waiting import PATIENCE

from pinakes.core.errors import DeadlineExceeded, InvalidRequest
from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Task
from pinakes.services.inference.traced_engine import TracedEngine
from pinakes.serving.engine import State
from pinakes.serving.metrics import InferenceMetrics


@contextmanager
def traced(model: StandInModel) -> Iterator[tuple[TracedEngine, InMemorySpanExporter]]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    engine = TracedEngine(
        lambda: only_offer(model.load, name="stand-in"),
        tracer=provider.get_tracer("tests"),
        default="stand-in",
        settings=InferenceSettings(workers=2),
        metrics=InferenceMetrics(),
    )
    engine.start()
    await_state(engine, State.HEALTHY)
    try:
        yield engine, exporter
    finally:
        model.gate.set()
        engine.close()
        provider.shutdown()


def named(exporter: InMemorySpanExporter, name: str) -> ReadableSpan:
    (span,) = [span for span in exporter.get_finished_spans() if span.name == name]
    return span


def test_a_piece_of_work_has_one_span_for_each_stage_however_many_inputs() -> None:
    with traced(StandInModel()) as (engine, exporter):
        outcomes = put(engine, *[b"%d" % number for number in range(100)]).result(PATIENCE)
        assert outcomes[7] is not None and (outcomes[7] == vector_of(b"7")).all()  # type: ignore[union-attr]
        names = sorted(span.name for span in exporter.get_finished_spans())
        assert names == ["decode", "image-embedding", "infer", "preprocess", "queue"]
        assert (named(exporter, "decode").attributes or {})["pinakes.times"] == 100


def test_work_that_is_refused_at_once_is_an_error_in_the_trace() -> None:
    with traced(StandInModel()) as (engine, exporter):
        with pytest.raises(InvalidRequest):
            put(engine, b"a", task=Task.CAPTIONING)
        assert named(exporter, "captioning").status.status_code is StatusCode.ERROR


def test_work_whose_time_runs_out_is_an_error_in_the_trace() -> None:
    model = StandInModel()
    with traced(model) as (engine, exporter):
        model.forget()
        model.gate.clear()
        held = put(engine, b"a")
        assert model.entered.acquire(timeout=PATIENCE)
        late = put(engine, b"b", seconds=0.01)
        with pytest.raises(TimeoutError):
            late.result(0.05)
        model.gate.set()
        held.result(PATIENCE)
        with pytest.raises(DeadlineExceeded):
            late.result(PATIENCE)
        statuses = {span.status.status_code for span in exporter.get_finished_spans() if not span.parent}
        assert statuses == {StatusCode.UNSET, StatusCode.ERROR}


def test_work_that_is_given_up_ends_its_span() -> None:
    model = StandInModel()
    with traced(model) as (engine, exporter):
        model.gate.clear()
        given_up = put(engine, b"a")
        given_up.cancel()
        assert named(exporter, "image-embedding").status.status_code is StatusCode.UNSET
