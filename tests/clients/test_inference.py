import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response
from tests.stand_ins import CORRUPT, StandInEmbedder, served, vector_of

from pinakes.clients.connection import Patience
from pinakes.clients.inference import MAX_BYTES, HttpEmbedder, body_of, portions
from pinakes.core.errors import InvalidRequest, ProtocolViolation, ServiceUnavailable, Unauthorised
from pinakes.core.settings import InferenceSettings, Settings
from pinakes.core.types import Reason, Refusal
from pinakes.services.inference.main import build_application

#: Enough to see a model loaded, without ever waiting for real.
PATIENCE = Patience(away=2, busy=20)


@contextmanager
def embedder_over(
    model: StandInEmbedder, *, sleep: Callable[[float], None] | None = None, **settings: object
) -> Iterator[HttpEmbedder]:
    chosen = InferenceSettings(**settings)  # type: ignore[arg-type]
    with served(build_application(Settings(inference=chosen), lambda: model)) as client:
        embedder = client_of(str(client.base_url), api_key=chosen.api_key, sleep=sleep or short_sleep)
        try:
            yield embedder
        finally:
            embedder.close()


def short_sleep(_seconds: float) -> None:
    threading.Event().wait(0.02)


def client_of(url: str, **options: object) -> HttpEmbedder:
    chosen = {"seconds": 2.0, "sleep": short_sleep} | options
    return HttpEmbedder(url, patience=PATIENCE, **chosen)  # type: ignore[arg-type]


def test_portions_are_bounded_in_items_and_bytes() -> None:
    assert [len(some) for some in portions([b"x"] * 40)] == [16, 16, 8]
    large = bytes(MAX_BYTES // 2)
    assert [len(some) for some in portions([large, large, b"x", large + large, b"x"])] == [2, 1, 1, 1]
    assert list(portions([])) == []


def test_one_picture_goes_as_it_is() -> None:
    assert body_of([b"x"]) == ("application/octet-stream", b"x")


def test_nothing_asks_nothing() -> None:
    assert client_of("http://127.0.0.1:9").embed([]) == []


def test_a_long_run_comes_back_in_order_in_bounded_requests() -> None:
    model = StandInEmbedder()
    images = [b"picture\r\n--%d" % number for number in range(50)]
    with embedder_over(model) as embedder:
        outcomes = embedder.embed(images)
    assert all(np.array_equal(found, vector_of(image)) for found, image in zip(outcomes, images, strict=True))


def test_a_large_picture_arrives_whole() -> None:
    large = bytes(range(256)) * 14_000
    with embedder_over(StandInEmbedder()) as embedder:
        assert np.array_equal(embedder.embed([large])[0], vector_of(large))


def test_bad_pictures_are_refused_alone_and_all_together() -> None:
    with embedder_over(StandInEmbedder()) as embedder:
        mixed = embedder.embed([b"a", CORRUPT, b""])
        alone = embedder.embed([CORRUPT])
        every = embedder.embed([CORRUPT, CORRUPT + b"2"])
    assert np.array_equal(mixed[0], vector_of(b"a"))
    assert [outcome.reason for outcome in mixed[1:] if isinstance(outcome, Refusal)] == ["truncated", "empty"]
    assert alone == [Refusal(Reason.TRUNCATED, "Its end is missing.")]
    assert every == alone * 2


def test_a_service_with_smaller_limits_gets_smaller_requests() -> None:
    with embedder_over(StandInEmbedder(), max_items=3, max_request_bytes=3000) as embedder:
        outcomes = embedder.embed([b"%d" % number for number in range(10)] + [b"x" * 4000])
    assert all(isinstance(outcome, np.ndarray) for outcome in outcomes[:10])
    assert isinstance(outcomes[10], Refusal)
    assert outcomes[10].reason is Reason.TOO_MANY_BYTES


def test_a_picture_that_takes_too_long_is_refused_and_the_others_are_not() -> None:
    class Slow(StandInEmbedder):
        def embed(self, images):  # type: ignore[no-untyped-def]
            if b"slow" in images:
                threading.Event().wait(0.6)
            return super().embed(images)

    with embedder_over(Slow(), workers=4, seconds=0.3) as embedder:
        outcomes = embedder.embed([b"a", b"slow"])
    assert np.array_equal(outcomes[0], vector_of(b"a"))
    assert isinstance(outcomes[1], Refusal)
    assert outcomes[1].reason is Reason.TOO_SLOW


def test_a_busy_service_is_asked_again_when_it_says() -> None:
    model = StandInEmbedder()
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        model.gate.set()
        short_sleep(seconds)

    with embedder_over(model, max_waiting=1, workers=1, sleep=sleep) as embedder:
        assert embedder.identity == model.identity
        pauses.clear()
        model.gate.clear()
        first = threading.Thread(target=embedder.embed, args=([b"first"],))
        while model.entered.acquire(blocking=False):
            pass
        first.start()
        assert model.entered.acquire(timeout=5)
        assert np.array_equal(embedder.embed([b"second"])[0], vector_of(b"second"))
        first.join(5)
    assert pauses


def test_a_key_is_sent_and_its_absence_explained() -> None:
    with embedder_over(StandInEmbedder(), api_key="k3y") as embedder:
        assert isinstance(embedder.embed([b"a"])[0], np.ndarray)
        keyless = client_of(embedder.base_url)
        assert keyless.identity.name == "stand-in"
        with pytest.raises(Unauthorised, match="wants a key") as caught:
            keyless.embed([b"a"])
        keyless.close()
    assert "PINAKES_CLIENT__API_KEY" in caught.value.remedy


def test_nobody_there_is_tried_again_and_then_said() -> None:
    pauses: list[float] = []
    embedder = HttpEmbedder(
        f"http://127.0.0.1:{unused_port()}", patience=Patience(away=4, busy=0), sleep=pauses.append
    )
    with pytest.raises(ServiceUnavailable, match="No inference service answers"):
        embedder.embed([b"a"])
    assert pauses == [0.5, 1.0, 2.0, 4.0]  # long enough for a supervisor to start it again
    embedder.close()


@pytest.mark.parametrize("url", ["", "127.0.0.1:8001", "ftp://host", "http://", "http://host:port"])
def test_what_is_no_service_url(url: str) -> None:
    with pytest.raises(InvalidRequest):
        client_of(url)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Response("<html>It works!</html>", media_type="text/html"), "no Pinakes inference service"),
        (Response('{"status": "ok"}', media_type="application/json"), "no Pinakes inference service"),
        (Response("x" * 2_000_000), "over 1,048,576 bytes"),
        (Response("", status_code=302, headers={"Location": "http://elsewhere"}), "status 302"),
        (Response("nope", status_code=404), "status 404"),
    ],
)
def test_another_program_at_the_url_is_recognised(answer: Response, told: str) -> None:
    application = FastAPI()
    application.add_route("/{path:path}", lambda _request: answer)
    with served(application) as client:
        embedder = client_of(str(client.base_url))
        with pytest.raises(ProtocolViolation, match=told):
            embedder.embed([b"a"])
        embedder.close()


def test_a_service_that_is_not_http_is_recognised() -> None:
    with talker(b"+PONG\r\n-ERR unknown command\r\n\r\n") as url:
        embedder = client_of(url)
        with pytest.raises(ProtocolViolation, match="not HTTP"):
            embedder.embed([b"a"])
        embedder.close()


def test_an_answer_that_breaks_off_is_a_service_gone() -> None:
    with talker(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf") as url:
        embedder = client_of(url)
        with pytest.raises(ServiceUnavailable):
            embedder.embed([b"a"])
        embedder.close()


def test_a_proxy_that_says_its_service_is_away_is_tried_again() -> None:
    asked: list[str] = []
    application = FastAPI()

    async def away(request: Request) -> Response:
        asked.append(request.url.path)
        return Response("<html>Bad Gateway</html>", status_code=502, media_type="text/html")

    application.add_route("/{path:path}", away)
    with served(application) as client:
        embedder = client_of(str(client.base_url))
        with pytest.raises(ServiceUnavailable, match="status 502"):
            embedder.embed([b"a"])
        embedder.close()
    assert len(asked) == 1 + PATIENCE.away


@contextmanager
def talker(says: bytes) -> Iterator[str]:
    """A program that answers whatever comes with the same bytes, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(10_000)
                    connection.sendall(says)

        threading.Thread(target=talk, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
