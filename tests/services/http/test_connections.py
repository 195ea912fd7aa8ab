"""Connections to a real server: heads that are too large, too slow, or never come, and many at once."""

import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from tests.stand_ins import inference_service
from tests.waiting import PATIENCE

from pinakes.services.http import connections
from pinakes.services.http.connections import LARGEST_HEAD, BoundedConnection, make_room_for_connections
from pinakes.services.process import open_listener

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """Where an application listens that answers GET /."""
    application = FastAPI()

    @application.get("/")
    async def index() -> str:
        return "here"

    listener = open_listener("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(application, http=BoundedConnection, log_config=None, ws="none", lifespan="off")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()[:2]
    server.should_exit = True
    thread.join(PATIENCE)


@contextmanager
def connected(address: tuple[str, int]) -> Iterator[socket.socket]:
    with socket.create_connection(address, timeout=5) as connection:
        yield connection


def answered(connection: socket.socket) -> bool:
    received = b""
    while not received.endswith(b'"here"'):
        chunk = connection.recv(1000)
        if not chunk:
            return False
        received += chunk
    return received.startswith(b"HTTP/1.1 200")


def everything(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


def test_a_head_of_a_proper_size_is_answered_again_and_again(address: tuple[str, int]) -> None:
    with connected(address) as connection:
        for size in (1, LARGEST_HEAD // 2, 1):
            connection.sendall(REQUEST + b"X: " + b"x" * size + b"\r\n\r\n")
            assert answered(connection)


@pytest.mark.parametrize("before", [b"", REQUEST + b"\r\n"])
def test_a_head_that_is_too_large_is_431(address: tuple[str, int], before: bytes) -> None:
    with connected(address) as connection:
        if before:
            connection.sendall(before)
            assert answered(connection)
        connection.sendall(REQUEST + b"X: " + b"x" * LARGEST_HEAD + b"\r\n\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 431")


def test_a_head_that_never_ends_is_431(address: tuple[str, int]) -> None:
    with connected(address) as connection:
        connection.sendall(REQUEST + b"X: ")
        with pytest.raises(OSError):
            for _ in range(100):
                connection.sendall(b"x" * 10_000)
                time.sleep(0.001)
            assert not everything(connection)


def test_a_head_that_is_too_slow_is_408_and_a_silent_connection_closed(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)
    with connected(address) as slow, connected(address) as silent, connected(address) as idle:
        idle.sendall(REQUEST + b"\r\n")
        assert answered(idle)
        slow.sendall(REQUEST)
        assert everything(slow).startswith(b"HTTP/1.1 408")
        assert everything(silent) == b""
        idle.sendall(REQUEST + b"\r\n")  # between two requests it is the keep-alive that bounds
        assert answered(idle)


def test_what_is_no_http_is_400(address: tuple[str, int]) -> None:
    with connected(address) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 400")


def test_room_for_connections_is_as_much_as_the_system_gives() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        make_room_for_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, connections.MOST_FILES)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_thousand_idle_connections_do_no_harm() -> None:
    with ExitStack() as held, inference_service() as service:
        service.wait_until_healthy()
        for _ in range(1000):
            held.enter_context(connected(("127.0.0.1", service.port)))
        with httpx.Client(base_url=service.url, trust_env=False, timeout=PATIENCE) as client:
            began = time.monotonic()
            for number in range(20):
                assert client.post("/embed", content=b"%d" % number).status_code == 200
                assert client.get("/health").status_code == 200
            assert time.monotonic() - began < 20
        service.terminate()
        assert service.process.wait(PATIENCE) == 0
