import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from fastapi import FastAPI
from pinakes.clients.connection import Patience
from starlette.responses import PlainTextResponse
from tests.stand_ins import StandInEmbedder, inference_service, served, vector_of

from pinakes.clients.fallback import AutoEmbedder
from pinakes.clients.inference import HttpEmbedder
from pinakes.core.errors import ServiceUnavailable, Unauthorised
from pinakes.core.protocols import Embedder
from pinakes.core.types import Refusal, Vector


@contextmanager
def auto(url: str, local: Callable[[], Embedder], *, away: int = 1) -> Iterator[AutoEmbedder]:
    remote = HttpEmbedder(url, patience=Patience(away=away, busy=20), sleep=lambda _seconds: time.sleep(0.05))
    embedder = AutoEmbedder(remote, local)
    try:
        yield embedder
    finally:
        embedder.close()


def never() -> Embedder:
    raise AssertionError("the local model was not needed")


def nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def right(outcomes: list[Vector | Refusal], images: list[bytes]) -> bool:
    pairs = zip(outcomes, images, strict=True)
    return all(np.array_equal(outcome, vector_of(image)) for outcome, image in pairs)


def test_without_a_service_it_is_local_at_once() -> None:
    local = StandInEmbedder()
    with auto(nobody(), lambda: local) as embedder:
        started = time.monotonic()
        assert right(embedder.embed([b"a", b"b"]), [b"a", b"b"])
        assert time.monotonic() - started < 2
        assert embedder.used == "local"
        assert embedder.identity == local.identity
        assert "No inference service answers" in embedder.fallback
    assert local.closed


def test_another_program_at_the_url_is_no_service() -> None:
    application = FastAPI()
    application.add_route("/{path:path}", lambda _request: PlainTextResponse("hello"))
    with served(application) as client, auto(str(client.base_url), StandInEmbedder) as embedder:
        assert embedder.used == "local"
        assert "no Pinakes inference service" in embedder.fallback


def test_with_a_service_it_is_remote_and_loads_nothing_here() -> None:
    with inference_service(load=0.3) as service, auto(service.url, never) as embedder:
        assert embedder.used == "remote"  # it waited for the model to load
        assert right(embedder.embed([b"a"]), [b"a"])
        assert embedder.fallback == ""


def test_a_service_that_wants_a_key_is_not_passed_over_in_silence() -> None:
    with (
        inference_service(api_key="k3y") as service,
        auto(service.url, never) as embedder,
        pytest.raises(Unauthorised),
    ):
        embedder.embed([b"a"])


def test_a_service_killed_in_the_middle_costs_nothing_but_time() -> None:
    images = [b"%d" % number for number in range(100)]
    local = StandInEmbedder()
    with inference_service(slowness=0.01, workers=1) as service, auto(service.url, lambda: local) as embedder:
        answered = 0
        answers = embedder._remote.answers

        def answers_until_killed(some):  # type: ignore[no-untyped-def]
            nonlocal answered
            for outcomes in answers(some):
                answered += len(outcomes)
                yield outcomes
                if answered == 48:
                    service.process.send_signal(signal.SIGKILL)

        embedder._remote.answers = answers_until_killed  # type: ignore[method-assign]
        assert right(embedder.embed(images), images)
        assert answered == 48
        assert local.seen == images[48:]  # nothing that was answered is embedded again
        assert embedder.used == "local"
        assert "Went on in this process" in embedder.fallback


def test_two_models_are_never_mixed_in_one_run() -> None:
    local = StandInEmbedder(revision="2")
    with inference_service() as service, auto(service.url, lambda: local) as embedder:
        embedder.embed([b"a"])
        service.kill()
        with pytest.raises(ServiceUnavailable, match=r"stand-in@1\+none.*stand-in@2\+none"):
            embedder.embed([b"b"])
    assert local.seen == []
    assert local.closed


def test_remote_patience_spans_a_restart() -> None:
    with inference_service() as service:
        service.wait_until_healthy()
        remote = HttpEmbedder(service.url, patience=Patience(away=4, busy=20))
        assert right(remote.embed([b"a"]), [b"a"])
        service.kill()
        with inference_service(port=service.port):
            assert right(remote.embed([b"b"]), [b"b"])
        remote.close()
