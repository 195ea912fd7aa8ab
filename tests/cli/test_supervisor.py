import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.commands import alive
from tests.waiting import until

from pinakes.cli import supervisor
from pinakes.cli.supervisor import Service, Supervisor, health

#: A service in a few lines: it answers /health as it is told to, and says what happens to it.
SERVICE = """
import http.server, os, signal, subprocess, sys, threading, time
port, behaviour = int(sys.argv[1]), sys.argv[2]
print(f"listening on http://127.0.0.1:{port}", file=sys.stderr, flush=True)
if behaviour.startswith("exit"):
    print("cannot", file=sys.stderr, flush=True)
    sys.exit(int(behaviour[4:]))
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if behaviour == "silent":
            time.sleep(60)
        self.send_response(503 if behaviour == "loading" else 200)
        self.end_headers()
    def log_message(self, *_):
        pass
class Server(http.server.ThreadingHTTPServer):
    allow_reuse_address = True
if behaviour == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if behaviour == "parent":
    child = subprocess.Popen(["sleep", "60"])
    print(f"child {child.pid}", file=sys.stderr, flush=True)
def drained(*_):
    print("drained", file=sys.stderr, flush=True)
    os._exit(0)
if behaviour != "stubborn":
    signal.signal(signal.SIGTERM, drained)
print(f"pid {os.getpid()}", file=sys.stderr, flush=True)
Server(("127.0.0.1", port), Answer).serve_forever()
"""


class Run:
    """A supervisor of one service, and what it said."""

    def __init__(self, behaviour: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.said: list[str] = []
        self.ready: list[str] = []
        command = (sys.executable, "-c", SERVICE, str(self.port), behaviour)
        service = Service("photos", command, f"http://127.0.0.1:{self.port}", drain_seconds=1.0)
        self.supervisor = Supervisor(
            [service], ready=lambda ready: self.ready.append(ready.name), say=self.said.append
        )

    def pids(self, word: str = "pid") -> list[int]:
        return [int(line.split()[2]) for line in self.said if line.startswith(f"photos: {word} ")]

    def pid(self, place: int, word: str = "pid") -> int:
        """The process that told of itself at a place, once it has."""
        return int(until(lambda: self.pids(word)[place : place + 1], "its number")[0])

    def lines(self, word: str) -> list[str]:
        return [line for line in self.said if word in line]


@contextmanager
def supervised(behaviour: str) -> Iterator[Run]:
    run = Run(behaviour)
    run.supervisor.start()
    try:
        yield run
    finally:
        run.supervisor.kill()
        run.supervisor.stop()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(supervisor, "LOOK_STARTING", 0.02)
    monkeypatch.setattr(supervisor, "LOOK_READY", 0.02)


def test_a_service_is_announced_once_it_can_serve() -> None:
    with supervised("well") as run:
        until(lambda: run.ready)
        assert health(f"http://127.0.0.1:{run.port}") == 200
        assert run.lines("listening") == []
    assert run.ready == ["photos"]


def test_a_service_that_loads_is_not_announced() -> None:
    with supervised("loading") as run:
        until(lambda: health(f"http://127.0.0.1:{run.port}") == 503)
    assert run.ready == []
    assert run.lines("again") == []


def test_a_service_that_does_not_get_ready_is_spoken_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LATE_SECONDS", 0.3)
    with supervised("loading") as run:
        until(lambda: run.lines("cannot serve yet"))
        time.sleep(0.2)
        assert len(run.lines("cannot serve yet")) == 1


def test_a_service_that_is_killed_is_brought_back() -> None:
    with supervised("well") as run:
        until(lambda: run.ready)
        os.kill(run.pid(0), signal.SIGKILL)
        until(lambda: run.lines("is back"))
        assert run.pid(0) != run.pid(1)
    assert run.ready == ["photos"]
    assert run.lines("again") == ["The photos service was ended by SIGKILL; starting it again in 0.05 s."]


def test_the_pause_doubles_up_to_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE", 0.2)
    with supervised("exit3") as run:
        lines = until(lambda: found if len(found := run.lines("again")) >= 4 else None)
    pauses = [float(line.split()[-2]) for line in lines[:4]]
    assert pauses == [0.05, 0.1, 0.2, 0.2]


def test_the_pause_begins_anew_after_a_time_of_health(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STEADY_SECONDS", 0.0)
    with supervised("well") as run:
        until(lambda: run.ready)
        os.kill(run.pid(0), signal.SIGKILL)
        until(lambda: run.lines("is back"))
        os.kill(run.pid(1), signal.SIGKILL)
        until(lambda: len(run.lines("again")) == 2)
    assert [line.split()[-2] for line in run.lines("again")] == ["0.05", "0.05"]


@pytest.mark.parametrize("status", [1, 2])
def test_a_service_that_says_it_cannot_start_is_not_tried_again(status: int) -> None:
    with supervised(f"exit{status}") as run:
        until(lambda: run.supervisor.unable)
        assert run.supervisor.unable == "photos"
    assert run.said == ["photos: cannot"]


def test_a_service_that_lives_but_does_not_answer_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STARTING_SECONDS", 1.5)  # enough to say its number
    monkeypatch.setattr(health, "__kwdefaults__", {"seconds": 0.1})
    with supervised("silent") as run:
        run.pid(1)
    assert run.lines("has not answered")
    assert not alive(run.pids()[0])


def test_stopping_lets_a_service_drain() -> None:
    with supervised("well") as run:
        until(lambda: run.ready)
        run.supervisor.stop()
        assert run.lines("drained") == ["photos: drained"]
        assert run.lines("again") == []


def test_a_service_that_does_not_stop_is_ended() -> None:
    with supervised("stubborn") as run:
        until(lambda: run.ready)
        run.supervisor.stop()
        assert not alive(run.pid(0))
        assert run.lines("did not stop in time")


def test_what_a_service_started_ends_with_it() -> None:
    with supervised("parent") as run:
        until(lambda: run.ready)
        os.kill(run.pid(0), signal.SIGKILL)
        until(lambda: not alive(run.pid(0, "child")), "the end of the grandchild")


def test_a_command_that_is_not_there_is_tried_again_and_stops() -> None:
    said: list[str] = []
    service = Service("photos", ("/nowhere/at-all",), "http://127.0.0.1:1")
    watching = Supervisor([service], ready=lambda _: None, say=said.append)
    watching.start()
    until(lambda: len(said) >= 2)
    watching.stop()
    assert "could not be started" in said[0]
