import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import numpy as np
import pytest
from tests import waiting
from tests.wire_service import (
    CORRUPT,
    Answer,
    WireService,
    problem,
    process_serving,
    serving,
    unused_port,
    vector_of,
)

from pinakes.clients import Client
from pinakes.clients.inference import HttpEmbedder
from pinakes.clients.patience import Patience
from pinakes.core.errors import (
    InvalidRequest,
    ProtocolViolation,
    ServiceUnavailable,
    Unauthorised,
)
from pinakes.core.protocols import Captioner, Embedder, TextEmbedder
from pinakes.core.settings import ClientSettings
from pinakes.core.types import Caption, Reason, Refusal, Vector

#: Enough to see a service come back, without ever waiting for long.
PATIENCE = Patience(away=2, busy=5, first=0.02, longest=0.1)


def client_of(url: str, patience: Patience = PATIENCE, **settings: object) -> Client:
    return Client(url, ClientSettings(seconds=2.0).model_copy(update=settings), patience=patience)


@contextmanager
def client_over(service: WireService, **settings: object) -> Iterator[Client]:
    with serving(service), client_of(service.url, **settings) as client:
        yield client


def right(outcomes: list[Vector | Refusal], images: list[bytes]) -> bool:
    return all(np.array_equal(found, vector_of(image)) for found, image in zip(outcomes, images, strict=True))


def test_it_is_everything_that_a_model_in_process_is() -> None:
    with client_over(WireService()) as client:
        assert isinstance(client, Embedder)
        assert isinstance(client, TextEmbedder)
        assert isinstance(client, Captioner)


def test_nothing_asks_nothing() -> None:
    with client_of("http://127.0.0.1:9") as client:
        assert client.embed([]) == []
        assert client.embed_texts([]) == []
        assert list(client.embed_each([])) == []


def test_a_long_run_comes_back_in_order_in_bounded_requests() -> None:
    images = [b"picture\r\n--%d" % number for number in range(100)]
    with client_over(service := WireService()) as client:
        assert right(client.embed(images), images)
    assert max(len(asked.inputs) for asked in service.asked) == 16
    assert sorted(service.seen) == sorted(images)


def test_several_requests_are_in_flight_and_no_more_than_set() -> None:
    service = WireService(seconds=0.001)
    inside, most, lock = 0, 0, threading.Lock()

    def slow(_inputs: list[bytes]) -> float:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.05)
        with lock:
            inside -= 1
        return 0.0

    service.slow = slow
    with client_over(service, in_flight=3) as client:
        client.embed([b"%d" % number for number in range(160)])
    assert most == 3


def test_one_connection_is_kept_for_many_requests() -> None:
    with client_over(service := WireService()) as client:
        for number in range(5):
            client.embed([b"%d" % number])
    assert len(service.asked) == 5
    assert service.looked == 1


def test_a_large_picture_arrives_whole() -> None:
    large = bytes(range(256)) * 14_000
    with client_over(WireService()) as client:
        assert right(client.embed([large]), [large])


def test_bad_pictures_are_refused_alone_and_all_together() -> None:
    with client_over(WireService()) as client:
        mixed = client.embed([b"a", CORRUPT, b"b"])
        every = client.embed([CORRUPT, CORRUPT + b"2"])
    assert right([mixed[0], mixed[2]], [b"a", b"b"])
    assert [outcome.reason for outcome in (mixed[1], *every) if isinstance(outcome, Refusal)] == [
        "truncated"
    ] * 3


def test_a_service_with_smaller_limits_gets_smaller_requests() -> None:
    images = [b"%d" % number for number in range(40)]
    with client_over(WireService(most=3)) as client:
        assert right(client.embed(images), images)


@pytest.mark.parametrize(
    ("code", "reason"), [("too-large", Reason.TOO_MANY_BYTES), ("deadline-exceeded", Reason.TOO_SLOW)]
)
def test_a_picture_that_is_too_much_alone_is_refused_alone(code: str, reason: Reason) -> None:
    service = WireService()
    answer = service.answer

    def fussy(asked):  # type: ignore[no-untyped-def]
        return problem(413, code) if b"large" in asked.inputs else answer(asked)

    service.answer = fussy  # type: ignore[method-assign]
    with client_over(service) as client:
        outcomes = client.embed([b"a", b"large", b"b"])
    assert right([outcomes[0], outcomes[2]], [b"a", b"b"])
    assert isinstance(outcomes[1], Refusal)
    assert outcomes[1].reason is reason


def test_a_busy_service_is_asked_again_when_it_says() -> None:
    service = WireService()
    service.instead.append(problem(429, "overloaded", retry_after=0.3))
    started = time.monotonic()
    with client_over(service) as client:
        assert right(client.embed([b"a"]), [b"a"])
    assert time.monotonic() - started >= 0.3
    assert len(service.asked) == 2


def test_a_service_that_stays_busy_is_given_up_with_what_it_says() -> None:
    busy = problem(429, "overloaded", retry_after=0.01)
    with client_over(WireService(always=None)) as client:
        client.look(PATIENCE)
    service = WireService()
    service.instead.extend([busy] * 50)
    with client_over(service) as client, pytest.raises(ServiceUnavailable, match=r"stays busy.*overloaded"):
        client.embed([b"a"])
    assert len(service.asked) == 1 + PATIENCE.busy


def test_a_model_that_loads_is_waited_for() -> None:
    service = WireService(health={"status": "loading"})
    with client_over(service) as client:
        threading.Timer(0.15, service.health.clear).start()
        assert right(client.embed([b"a"]), [b"a"])


def test_a_key_is_sent_and_its_absence_explained() -> None:
    service = WireService()
    service.instead.append(problem(401, "unauthorised"))
    with client_over(service) as client, pytest.raises(Unauthorised, match="wants a key") as caught:
        client.embed([b"a"])
    assert "PINAKES_CLIENT__API_KEY" in caught.value.remedy
    with serving(service):
        key = ClientSettings(api_key="k3y")  # type: ignore[arg-type]
        with Client(service.url, key) as client:
            client.embed([b"a"])
    assert service.asked[-1].headers["authorization"] == "Bearer k3y"


def test_what_the_service_should_know_of_the_caller_is_sent() -> None:
    with client_over(service := WireService(), priority="bulk", name="night run", model="wire") as client:
        client.embed([b"a"])
    asked = service.asked[0]
    assert asked.path == "/embed?model=wire"
    assert asked.headers["x-pinakes-priority"] == "bulk"
    assert asked.headers["x-pinakes-client"] == "night run"
    assert asked.headers["x-pinakes-timeout-ms"] == "2000"


def test_words_captions_and_labels_come_back_like_pictures() -> None:
    with client_over(service := WireService()) as client:
        assert right(client.embed_texts(["sunset", "straße"]), [b"sunset", "straße".encode()])
        captions = client.caption([b"cat", CORRUPT])
        labels = client.label([b"dog", CORRUPT], ["cat", "dog"])
    assert captions[0] == Caption("a picture of cat")
    assert isinstance(captions[1], Refusal)
    assert isinstance(labels[0], tuple)
    assert [each.label for each in labels[0]] == ["dog", "cat"]
    assert isinstance(labels[1], Refusal)
    assert [asked.path for asked in service.asked] == ["/embed", "/caption", "/labels"]


def test_a_fault_of_the_request_is_raised_as_the_service_names_it() -> None:
    service = WireService()
    service.instead.append(problem(400, "invalid-request", remedy="Ask otherwise."))
    with client_over(service) as client, pytest.raises(InvalidRequest, match="invalid-request"):
        client.embed_texts(["a"])
    assert len(service.asked) == 1


def test_nobody_there_is_tried_again_and_then_said() -> None:
    started = time.monotonic()
    with (
        client_of(f"http://127.0.0.1:{unused_port()}", Patience(away=3, busy=0, first=0.1)) as client,
        pytest.raises(ServiceUnavailable, match="No inference service answers"),
    ):
        client.embed([b"a"])
    assert 0.7 <= time.monotonic() - started < 15  # 0.1 + 0.2 + 0.4


def test_patience_spans_a_restart() -> None:
    with process_serving() as first, client_of(first.url, Patience(away=4, busy=4)) as client:
        assert right(client.embed([b"a"]), [b"a"])
        first.process.kill()
        first.process.wait(waiting.PATIENCE)
        with process_serving(port=first.port):
            assert right(client.embed([b"b"]), [b"b"])


def test_a_service_that_hangs_costs_its_time_once_more_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pinakes.clients.transport.GRACE_SECONDS", 0.3)
    with process_serving() as hung, client_of(hung.url, seconds=0.2) as client:
        client.embed([b"a"])
        hung.process.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        with pytest.raises(ServiceUnavailable, match="did not answer in"):
            client.embed([b"b"])
        assert time.monotonic() - started < 8, "five times, with the pauses between them, are ten seconds"


@pytest.mark.parametrize("url", ["", "127.0.0.1:8001", "ftp://host", "http://", "http://host:port", " , "])
def test_what_is_no_service_url(url: str) -> None:
    with pytest.raises(InvalidRequest):
        client_of(url)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(200, b"<html>It works!</html>"), "no Pinakes inference service"),
        (Answer(200, b'{"status": "ok"}'), "no Pinakes inference service"),
        (Answer(200, b"x" * 2_000_000), "over 1,048,576 bytes"),
        (Answer(302, headers={"Location": "http://elsewhere"}), "status 302"),
        (Answer(404, b"nope"), "status 404"),
    ],
)
def test_another_program_at_the_url_is_recognised(answer: Answer, told: str) -> None:
    with client_over(WireService(always=answer)) as client, pytest.raises(ProtocolViolation, match=told):
        client.embed([b"a"])


def test_a_service_that_changes_its_model_is_not_believed() -> None:
    with client_over(service := WireService()) as client:
        client.embed([b"a"])
        service.revision = "2"
        with pytest.raises(ProtocolViolation, match="changed its model in the middle of the run"):
            client.embed([b"b"])


def test_a_service_that_is_not_http_is_recognised() -> None:
    with (
        talker(b"+PONG\r\n-ERR unknown command\r\n\r\n") as url,
        client_of(url) as client,
        pytest.raises(ProtocolViolation, match="not HTTP"),
    ):
        client.embed([b"a"])


def test_an_answer_that_breaks_off_is_a_service_gone() -> None:
    with (
        talker(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf") as url,
        client_of(url) as client,
        pytest.raises(ServiceUnavailable),
    ):
        client.embed([b"a"])


def test_a_proxy_that_says_its_service_is_away_is_tried_again() -> None:
    service = WireService()
    away = Answer(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"})
    with client_over(service) as client:
        client.look(PATIENCE)
        service.instead.extend([away] * 50)
        with pytest.raises(ServiceUnavailable, match="status 502"):
            client.embed([b"a"])
    assert 1 < len(service.asked) <= 1 + PATIENCE.away


def test_ten_thousand_pictures_stream_with_few_of_them_held() -> None:
    drawn = answered = most = 0

    def pictures() -> Iterator[bytes]:
        nonlocal drawn, most
        for number in range(10_000):
            drawn += 1
            most = max(most, drawn - answered)
            yield b"%d" % number

    numbers = count()
    with client_over(WireService(), in_flight=4) as client:
        for outcome in client.embed_each(pictures()):
            number = next(numbers)
            answered += 1
            if number % 97 == 0:
                assert np.array_equal(outcome, vector_of(b"%d" % number))
    assert answered == 10_000
    assert most <= 16 * 5 + 1


def test_a_stream_that_nobody_reads_on_is_given_up() -> None:
    with client_over(WireService()) as client:
        stream = client.embed_each(b"%d" % number for number in range(1000))
        next(stream)
        stream.close()
        assert right(client.embed([b"a"]), [b"a"])


def test_several_threads_share_one_client() -> None:
    with client_over(WireService()) as client:
        found: dict[int, bool] = {}

        def run(number: int) -> None:
            images = [b"%d %d" % (number, each) for each in range(30)]
            found[number] = right(client.embed(images), images)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(waiting.PATIENCE)
    assert found == dict.fromkeys(range(8), True)


def test_two_clients_at_once_get_each_its_own() -> None:
    images = [[b"%d %d" % (which, number) for number in range(64)] for which in range(2)]
    service = WireService(seconds=0.0005)
    with serving(service), client_of(service.url) as first, client_of(service.url) as second:
        found: list[bool] = []
        clients = zip((first, second), images, strict=True)
        threads = [
            threading.Thread(
                target=lambda client, mine: found.append(right(client.embed(mine), mine)), args=pair
            )
            for pair in clients
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(waiting.PATIENCE)
    assert found == [True, True]


def test_closing_ends_the_thread_and_is_no_error_twice() -> None:
    with client_over(WireService()) as client:
        client.embed([b"a"])
        assert "pinakes-client" in {thread.name for thread in threading.enumerate()}
        client.close()
        client.close()
        assert "pinakes-client" not in {thread.name for thread in threading.enumerate()}


def test_an_embedder_of_single_settings_is_a_client() -> None:
    with serving(WireService()) as service:
        embedder = HttpEmbedder(f"{service.url}/", patience=PATIENCE, seconds=3)
        assert embedder.base_url == service.url
        assert embedder.identity.name == "wire"
        embedder.close()


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
