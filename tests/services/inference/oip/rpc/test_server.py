"""What the stock client does not show: metadata, status codes, cancellation, health, keys, the drain."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from tests.services.inference.oip.serving import Service, free_port, gated, service
from tests.stand_ins import POISON, StandInModel, inference_service, only_offer
from tests.waiting import PATIENCE, until

from pinakes.core.errors import InvalidRequest, PortTaken
from pinakes.core.settings import InferenceSettings, Settings
from pinakes.models.base import LoadedModel
from pinakes.services.inference.main import build_application, serve
from pinakes.services.inference.oip import listening
from pinakes.services.inference.oip.rpc.messages import HEALTH, message_class

SERVICE = "/inference.GRPCInferenceService/"


@contextmanager
def channel(running: Service) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(running.grpc) as opened:
        yield opened


def method(opened: grpc.Channel, name: str) -> Callable[..., Any]:
    """A method of the service that takes and gives messages."""
    return opened.unary_unary(
        SERVICE + name,
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=message_class(f"{name}Response").FromString,
    )


def words(*texts: str, model: str = "stand-in") -> Any:
    request = message_class("ModelInferRequest")(model_name=model)
    entry = request.inputs.add(name="texts", datatype="BYTES", shape=[len(texts)])
    entry.contents.bytes_contents.extend(text.encode() for text in texts)
    return request


def refused(call: Callable[[], object]) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value


def code(error: grpc.RpcError) -> str:
    name: str = error.code().name
    return name


def test_a_request_has_an_id_that_the_caller_may_choose() -> None:
    with service() as running, channel(running) as opened:
        infer = method(opened, "ModelInfer")
        _, call = infer.with_call(words("a"), metadata=[("x-request-id", "mine")])
        assert ("x-request-id", "mine") in call.initial_metadata()
        _, call = infer.with_call(words("a"), metadata=[("x-request-id", "not one!")])
        (given,) = [value for key, value in call.initial_metadata() if key == "x-request-id"]
        assert len(given) == 32


def test_status_codes_are_those_that_clients_decide_by() -> None:
    with service(max_items=2) as running, channel(running) as opened:
        infer = method(opened, "ModelInfer")
        assert code(refused(lambda: infer(words("a", model="other")))) == "NOT_FOUND"
        assert code(refused(lambda: infer(words("a", "b", "c")))) == "INVALID_ARGUMENT"
        assert code(refused(lambda: infer(words()))) == "INVALID_ARGUMENT"
        poisoned = refused(lambda: infer(words(POISON.decode())))
        assert code(poisoned) == "INTERNAL"
        assert ("x-should-retry", "false") in poisoned.trailing_metadata()
        garbage = opened.unary_unary(SERVICE + "ModelInfer")
        assert code(refused(lambda: garbage(b"\xff\xff"))) == "INVALID_ARGUMENT"
        unknown = opened.unary_unary(SERVICE + "TraceSetting")
        assert code(refused(lambda: unknown(b""))) == "UNIMPLEMENTED"
        assert infer(words("a")).model_version == "1"


def test_overload_is_resource_exhausted_with_a_time_to_come_back() -> None:
    model = StandInModel()
    with gated(model, max_waiting=2, workers=1) as running, channel(running) as opened:
        infer = method(opened, "ModelInfer")
        model.gate.clear()
        accepted = infer.future(words("a", "b"))  # type: ignore[attr-defined]
        running.wait_for_metric("waiting_items 2.0")
        full = refused(lambda: infer(words("c")))
        assert code(full) == "RESOURCE_EXHAUSTED"
        assert "retry-after" in dict(full.trailing_metadata())
        running.wait_for_metric('requests_total{door="grpc",outcome="overloaded"} 1.0')
        running.wait_for_metric('refusals_total{model="",reason="overloaded"} 1.0')
        model.gate.set()
        assert len(accepted.result(PATIENCE).raw_output_contents) == 1


def test_a_model_that_loads_is_unavailable() -> None:
    may_load = threading.Event()

    def load() -> LoadedModel:
        assert may_load.wait(PATIENCE)
        return StandInModel().load()

    with (
        service(lambda: only_offer(load, name="stand-in"), wait=False) as running,
        channel(running) as opened,
    ):
        assert not method(opened, "ServerReady")(message_class("ServerReadyRequest")()).ready
        assert method(opened, "ServerLive")(message_class("ServerLiveRequest")()).live
        assert code(refused(lambda: method(opened, "ModelInfer")(words("a")))) == "UNAVAILABLE"
        assert health(opened, "Check") == "NOT_SERVING"
        may_load.set()
        request = message_class("RepositoryModelLoadRequest")(model_name="stand-in")
        method(opened, "RepositoryModelLoad")(request)
        assert health(opened, "Check") == "SERVING"


def test_a_call_that_is_cancelled_is_dropped_and_its_neighbours_are_not() -> None:
    model = StandInModel()
    with gated(model, workers=1) as running, channel(running) as opened:
        infer = method(opened, "ModelInfer")
        model.gate.clear()
        busy = infer.future(words("busy"))  # type: ignore[attr-defined]
        assert model.entered.acquire(timeout=PATIENCE)
        gone = infer.future(words("gone"))  # type: ignore[attr-defined]
        stays = infer.future(words("stays"))  # type: ignore[attr-defined]
        running.wait_for_metric("waiting_items 3.0")
        gone.cancel()
        running.wait_for_metric("waiting_items 2.0")
        running.wait_for_metric('requests_total{door="grpc",outcome="gone"} 1.0')
        model.gate.set()
        assert busy.result(PATIENCE)
        assert stays.result(PATIENCE)
        assert b"gone" not in model.seen


def test_a_deadline_of_the_client_frees_the_engine() -> None:
    model = StandInModel()
    with gated(model, workers=1) as running, channel(running) as opened:
        infer = method(opened, "ModelInfer")
        model.gate.clear()
        busy = infer.future(words("busy"))  # type: ignore[attr-defined]
        assert model.entered.acquire(timeout=PATIENCE)
        assert code(refused(lambda: infer(words("late"), timeout=0.1))) == "DEADLINE_EXCEEDED"
        running.wait_for_metric("waiting_items 1.0")
        model.gate.set()
        assert busy.result(PATIENCE)
        assert b"late" not in model.seen


def health(opened: grpc.Channel, name: str, asked: str = "") -> str:
    answer = message_class("HealthCheckResponse", HEALTH)
    check = opened.unary_unary(f"/grpc.health.v1.Health/{name}", response_deserializer=answer.FromString)
    request = message_class("HealthCheckRequest", HEALTH)(service=asked)
    return str(answer.ServingStatus.Name(check(request.SerializeToString()).status))


def test_health_is_checked_and_watched_as_orchestrators_do() -> None:
    with service(api_key="secret") as running, channel(running) as opened:
        assert health(opened, "Check") == "SERVING"
        assert health(opened, "Check", "inference.GRPCInferenceService") == "SERVING"
        assert code(refused(lambda: health(opened, "Check", "other"))) == "NOT_FOUND"
        answer = message_class("HealthCheckResponse", HEALTH)
        watch = opened.unary_stream("/grpc.health.v1.Health/Watch", response_deserializer=answer.FromString)
        stream = watch(b"")
        assert next(stream).status == 1
        unload = running.client.post(
            "/v2/repository/models/stand-in/unload", headers={"Authorization": "Bearer secret"}
        )
        assert unload.status_code == 200
        assert next(stream).status == 2
        stream.cancel()


def test_a_key_is_wanted_in_the_metadata() -> None:
    with service(api_key="secret") as running, channel(running) as opened:
        infer = method(opened, "ModelInfer")
        assert code(refused(lambda: infer(words("a")))) == "UNAUTHENTICATED"
        wrong = [("authorization", "Bearer guess")]
        assert code(refused(lambda: infer(words("a"), metadata=wrong))) == "UNAUTHENTICATED"
        assert infer(words("a"), metadata=[("authorization", "Bearer secret")])
        assert method(opened, "ServerLive")(message_class("ServerLiveRequest")()).live


def test_a_key_allows_what_its_scopes_say_and_no_more() -> None:
    from pinakes.services.http.keys import make_key

    key, settings = make_key("asker", ["infer"])
    bearer = [("authorization", f"Bearer {key}")]
    with service(keys=(settings,)) as running, channel(running) as opened:
        assert method(opened, "ModelInfer")(words("a"), metadata=bearer)
        unload = message_class("RepositoryModelUnloadRequest")(model_name="stand-in")
        denied = refused(lambda: method(opened, "RepositoryModelUnload")(unload, metadata=bearer))
        assert code(denied) == "PERMISSION_DENIED"


def test_sigterm_answers_what_was_accepted(tmp_path: Path) -> None:
    port, held = free_port(), tmp_path / "held"
    with inference_service(held=held, workers=1, grpc_port=port) as running:
        running.wait_until_healthy()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as opened:
            infer = method(opened, "ModelInfer")
            held.touch()
            accepted = infer.future(words("a"))  # type: ignore[attr-defined]
            until(lambda: "waiting_items 1.0" in httpx.get(f"{running.url}/metrics").text, "its coming")
            running.terminate()
            until(lambda: httpx.get(f"{running.url}/readyz").status_code == 503, "its draining")
            assert code(refused(lambda: infer(words("late")))) == "UNAVAILABLE"
            held.unlink()
            assert len(accepted.result(PATIENCE).raw_output_contents) == 1
            assert running.process.wait(PATIENCE) == 0


def test_without_the_extra_it_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "NEEDED", ("grpc", "no.such.module"))
    settings = Settings(inference=InferenceSettings(grpc_port=free_port()))
    for start in (
        lambda: serve(settings, port=0),
        lambda: build_application(settings, lambda: only_offer(StandInModel().load, name="stand-in")),
    ):
        with pytest.raises(InvalidRequest) as caught:
            start()
        assert "pip install 'pinakes[grpc]'" in caught.value.sentence


def test_a_taken_port_is_one_sentence() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} on 127.0.0.1 is taken"):
            serve(Settings(inference=InferenceSettings(grpc_port=port)), port=0)


def test_it_needs_a_port_of_its_own() -> None:
    port = free_port()
    with pytest.raises(InvalidRequest, match=f"cannot share port {port} with HTTP"):
        serve(Settings(inference=InferenceSettings(grpc_port=port)), port=port)


def test_it_is_off_unless_it_is_asked_for() -> None:
    with service(grpc_port=None) as running:
        assert running.client.get("/v2/health/live").status_code == 200
    assert InferenceSettings().grpc_port is None


def test_many_calls_at_once_share_batches() -> None:
    model = StandInModel()
    with gated(model, workers=2) as running:  # one of them may be held in the model

        async def ask() -> None:
            async with grpc.aio.insecure_channel(running.grpc) as opened:
                infer = opened.unary_unary(
                    SERVICE + "ModelInfer",
                    request_serializer=lambda message: message.SerializeToString(),
                    response_deserializer=message_class("ModelInferResponse").FromString,
                )
                model.gate.clear()
                calls = [asyncio.ensure_future(infer(words(f"{n}"))) for n in range(20)]
                prepared = 'stage_seconds_count{model="stand-in",stage="preprocess"} 20.0'
                await asyncio.to_thread(running.wait_for_metric, prepared)
                model.gate.set()
                assert len(await asyncio.gather(*calls)) == 20

        asyncio.run(ask())
        assert max(map(len, model.batches)) > 1


def test_a_call_is_judged_before_its_message_is_taken() -> None:
    with service(api_key="secret", seconds=0.3) as running, channel(running) as opened:
        never = threading.Event()

        def messages() -> Iterator[bytes]:
            never.wait(PATIENCE)
            yield from ()

        infer = opened.stream_unary(SERVICE + "ModelInfer")
        began = time.monotonic()
        assert code(refused(lambda: infer(messages()))) == "UNAUTHENTICATED"
        bearer = [("authorization", "Bearer secret")]
        stalled = refused(lambda: infer(messages(), metadata=bearer))
        assert code(stalled) == "DEADLINE_EXCEEDED"
        assert "did not arrive" in str(stalled.details())
        assert time.monotonic() - began < PATIENCE / 2, "it waited for what never came"
        never.set()
        assert code(refused(lambda: infer(iter(()), metadata=bearer))) == "INVALID_ARGUMENT"
