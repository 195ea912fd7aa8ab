"""A small service that speaks our inference wire from a thread or a process, and misbehaves when asked to.

As a program: PORT REVISION SECONDS-PER-PICTURE; it says on standard output where it listens.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import select
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.running import REPOSITORY
from tests.waiting import PATIENCE

#: Numbers in an embedding.
DIMENSIONS = 8

#: A picture of these bytes is refused as truncated.
CORRUPT = b"corrupt"


def vector_of(content: bytes) -> NDArray[np.float32]:
    """The unit vector that the service gives for these bytes, or for the bytes of a word."""
    words = np.frombuffer(hashlib.sha256(content).digest(), "<i4")
    vector = (words / 2.0**31).astype(np.float32)
    return vector / np.linalg.norm(vector)


@dataclass
class Answer:
    """A reply given instead of the right one."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def problem(status: int, code: str, **more: object) -> Answer:
    """An error as our services write it."""
    told = {"title": "", "status": status, "code": code, "detail": f"It is {code}.", **more}
    return Answer(status, json.dumps(told).encode(), {"Content-Type": "application/problem+json"})


@dataclass
class Asked:
    """One request that came: its path and headers, and the inputs it held."""

    path: str
    headers: dict[str, str]
    inputs: list[bytes]


@dataclass
class WireService:
    """What the service is, what it was asked, and what it does next."""

    revision: str = "1"
    seconds: float = 0.0
    most: int = 1000
    twist: float = 0.0
    health: dict[str, Any] = field(default_factory=dict)
    instead: deque[Answer] = field(default_factory=deque)
    always: Answer | None = None
    asked: list[Asked] = field(default_factory=list)
    looked: int = 0
    gone: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    slow: Callable[[list[bytes]], float] = lambda inputs: 0.0
    url: str = ""

    @property
    def seen(self) -> list[bytes]:
        """All inputs it was asked for, in the order of the requests."""
        return [each for asked in self.asked for each in asked.inputs]

    def vector(self, content: bytes) -> NDArray[np.float32]:
        """As `vector_of`, turned by `twist` where the service is to answer a little differently."""
        if not self.twist:
            return vector_of(content)
        vector = vector_of(content) + np.float32(self.twist) * vector_of(b"twist")
        return vector / np.linalg.norm(vector)

    def told_health(self) -> Answer:
        self.looked += 1
        told = {
            "status": "healthy",
            "model": "wire",
            "revision": self.revision,
            "preprocess": "none",
            "dimensions": DIMENSIONS,
            **self.health,
        }
        body = json.dumps(told).encode()
        return Answer(200 if told["status"] == "healthy" else 503, body, {"Content-Type": "application/json"})

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        self.entered.release()
        self.gate.wait(PATIENCE)
        time.sleep(self.seconds * len(asked.inputs) + self.slow(asked.inputs))
        if self.always is not None:
            return self.always
        if self.instead:
            return self.instead.popleft()
        if len(asked.inputs) > self.most:
            return problem(413, "too-large")
        if asked.path.startswith("/caption"):
            return self._words("captions", asked, lambda each: f"a picture of {each.decode()}")
        if asked.path.startswith("/labels"):
            return self._words(
                "results",
                asked,
                lambda each: [{"label": "cat", "score": 0.25}, {"label": "dog", "score": 0.75}],
            )
        return self._embeddings(asked)

    def _refused(self, asked: Asked) -> list[dict[str, object]]:
        return [
            {"index": index, "reason": "truncated", "detail": "Its end is missing."}
            for index, each in enumerate(asked.inputs)
            if each.startswith(CORRUPT)
        ]

    def _words(self, key: str, asked: Asked, say: Callable[[bytes], object]) -> Answer:
        refused = self._refused(asked)
        rows = [None if each.startswith(CORRUPT) else say(each) for each in asked.inputs]
        body = json.dumps({"model": "wire", "revision": "1", key: rows, "refused": refused}).encode()
        return Answer(200, body, {"Content-Type": "application/json"})

    def _embeddings(self, asked: Asked) -> Answer:
        refused = self._refused(asked)
        if len(refused) == len(asked.inputs):
            return problem(400, "image-refused", refused=refused)
        rows = np.stack([self.vector(each) for each in asked.inputs]).astype("<f4")
        rows[[int(str(entry["index"])) for entry in refused]] = np.nan
        headers = {
            "Content-Type": "application/octet-stream",
            "X-Pinakes-Model": "wire",
            "X-Pinakes-Revision": self.revision,
            "X-Pinakes-Preprocess": "none",
            "X-Pinakes-Dimensions": str(DIMENSIONS),
            "X-Pinakes-Refused": ",".join(f"{entry['index']}:truncated" for entry in refused),
        }
        return Answer(200, rows.tobytes(), headers)


class Listener(ThreadingHTTPServer):
    """Serves one `WireService`; quiet about clients that go away."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, service: WireService, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Wire)
        self.service = service
        self.open: set[socket.socket] = set()
        service.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    def hang_up(self) -> None:
        """Close every connection as a process that dies does."""
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Wire(BaseHTTPRequestHandler):
    """One connection, kept alive."""

    protocol_version = "HTTP/1.1"
    wbufsize = 2**16  # head and body leave together, or the network waits for an acknowledgement in between
    server: Listener

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        service = self.server.service
        if self.path != "/health":
            self._send(Answer(404))
        else:
            self._send(service.always if service.always is not None else service.told_health())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.path, headers, inputs_of(headers["content-type"], body))
        watching = threading.Thread(target=self._watch, daemon=True)
        watching.start()
        self._send(self.server.service.answer(asked))

    def _watch(self) -> None:
        """Note a client that hangs up before it was answered."""
        service = self.server.service
        with suppress(ValueError):  # the connection is closed on this side
            while not service.gate.is_set():
                if select.select([self.connection], [], [], 0.05)[0] and self._hung_up():
                    service.gone.set()
                    return

    def _hung_up(self) -> bool:
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)


def inputs_of(content_type: str, body: bytes) -> list[bytes]:
    """The pictures or words of a request."""
    if content_type == "application/json":
        told = json.loads(body)
        return [text.encode() for text in told["texts"]]
    if content_type == "application/x-npy":
        return [picture.tobytes() for picture in np.load(io.BytesIO(body))]
    if not content_type.startswith("multipart/form-data"):
        return [body]
    boundary = b"--" + content_type.partition("boundary=")[2].encode()
    parts = body.split(boundary)[1:-1]
    return [
        part.split(b"\r\n\r\n", 1)[1][:-2] for part in parts if b"filename=" in part.split(b"\r\n\r\n", 1)[0]
    ]


@contextmanager
def serving(service: WireService, port: int = 0) -> Iterator[WireService]:
    """Serve from a thread on a free port, until the end of the block."""
    service.gate.set()
    listener = Listener(service, port)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.gate.set()
        listener.shutdown()
        listener.server_close()
        listener.hang_up()
        thread.join(PATIENCE)


@dataclass
class WireProcess:
    """A service in a process of its own, to be killed or stopped."""

    process: subprocess.Popen[str]
    url: str

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@contextmanager
def process_serving(*, port: int = 0, revision: str = "1", seconds: float = 0.0) -> Iterator[WireProcess]:
    """Serve from a process on a free port, until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.wire_service", str(port), revision, str(seconds)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield WireProcess(process, found[0])
    finally:
        process.kill()
        process.wait(PATIENCE)
        process.stdout.close()


def unused_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    chosen = WireService(revision=sys.argv[2], seconds=float(sys.argv[3]))
    chosen.gate.set()
    listening = Listener(chosen, int(sys.argv[1]))
    sys.stdout.write(chosen.url + "\n")
    sys.stdout.flush()
    listening.serve_forever()
