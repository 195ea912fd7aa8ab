"""Starting the servers that are compared, and stopping every process they leave."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import peers

from benchmarks.peers.order import Order

ROOT = Path(__file__).resolve().parents[2]

#: Longest time a server may take until it answers, seconds.
LONGEST_START = 90.0

#: Time a server is given to end by itself, seconds.
GRACE = 8.0

#: Variable that marks the processes of one server.
MARK = "PINAKES_BENCHMARK_SERVER"

#: Where each server says that it can serve.
READY = {
    "pinakes": "/health", "fastapi": "/health", "litserve": "/health", "bentoml": "/readyz",
    "mlserver": "/v2/models/clip/ready", "pytriton": "/v2/models/clip/ready", "infinity": "/health",
}  # fmt: skip

#: Most pictures in a batch, and the time it may take to fill where a peer waits at all, seconds.
BATCH, DELAY = 32, 0.001

#: Processes or instances that hold the model, each with its share of the cores; chosen by trying one and two.
WORKERS = dict.fromkeys(READY, 2) | {"pinakes": 1, "infinity": 1}

#: Names of all servers, ours first.
SERVERS = tuple(READY)


class NotMeasured(Exception):
    """Raised when a server cannot be compared: it does not start, or does other work."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server that runs.

    Attributes:
        started_seconds: from the start of its process until it said that it can serve.
    """

    name: str
    port: int
    mark: str
    started_seconds: float

    def cpu_seconds(self) -> float:
        """Processor time that its processes have used so far."""
        return sum(_cpu_seconds(pid) for pid in _marked(self.mark))


def available() -> list[str]:
    """Names of the servers that can be started here: ours, and the peers that are installed."""
    return ["pinakes", *(name for name in SERVERS[1:] if name in peers.installed())]


@contextmanager
def serving(name: str, directory: Path, workers: int = 0) -> Iterator[Server]:
    """Run a server with a model directory until the block ends; with `WORKERS` of them, unless told.

    Raises:
        NotMeasured: it ends, or does not get ready in time; the end of what it said is in the message.
    """
    workers = workers or WORKERS[name]
    port = _free_ports(3)
    threads = max(1, len(os.sched_getaffinity(0)) // workers)
    order = Order(directory, port, workers, threads, BATCH, DELAY)
    mark = f"{os.getpid()}-{port}"
    said = ROOT / "build" / "bench" / f"{name}.log"
    said.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with said.open("w") as log:
        process = subprocess.Popen(
            _command(name, order), cwd=ROOT, env=_environment(name, order) | {MARK: mark},
            start_new_session=True, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        _wait(process, name, port, said)
        yield Server(name, port, mark, time.monotonic() - began)
    finally:
        _stop(process, mark)


def _command(name: str, order: Order) -> list[str]:
    if name == "pinakes":
        return [sys.executable, "-m", "pinakes", "serve", "inference", "--port", str(order.port)]
    return [str(peers.python_of(name)), "-m", f"benchmarks.peers.{name}"]


def _environment(name: str, order: Order) -> dict[str, str]:
    if name == "pinakes":  # as it comes: neither threads nor batch are tuned for it
        return os.environ | {"PINAKES_INFERENCE__MODEL": str(order.directory)}
    return peers.environment_of(name) | order.to_environment()


def _wait(process: subprocess.Popen[bytes], name: str, port: int, said: Path) -> None:
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until and process.poll() is None:
        try:
            url = f"http://127.0.0.1:{port}{READY[name]}"
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise NotMeasured(f"it did not get ready: {said.read_text(errors='replace')[-1000:]}")


def _stop(process: subprocess.Popen[bytes], mark: str) -> None:
    """Ask the first process to end, then end whatever it has left behind."""
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
    for pid in _marked(mark):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait(GRACE)


def _marked(mark: str) -> list[int]:
    """Processes that have a mark, inherited too; some servers give theirs sessions of their own."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = place.read_bytes().split(b"\0")
        except OSError:
            continue
        if f"{MARK}={mark}".encode() in variables:
            found.append(int(place.parent.name))
    return found


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_ports(count: int) -> int:
    """The first of several free ports in a row on loopback."""
    while True:
        with socket.socket() as opened:
            opened.bind(("127.0.0.1", 0))
            first: int = opened.getsockname()[1]
        if first + count < 65536 and all(_is_free(first + more) for more in range(count)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as opened:
        return opened.connect_ex(("127.0.0.1", port)) != 0
