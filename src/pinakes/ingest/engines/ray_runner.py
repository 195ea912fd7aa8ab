"""Runs steps on a Ray cluster: errands in small chunks, those of lost workers again, one by one."""

from __future__ import annotations

import os
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pinakes.core import logging
from pinakes.core.errors import ServiceUnavailable
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.ingest.engines.remote_steps import Errand, run_errands, sent

T = TypeVar("T")

#: Most files in one task, against the millisecond or so that each task costs the cluster.
CHUNK = 8

#: Tasks waiting for each processor of the cluster, so that none is idle while answers travel.
_AHEAD = 2

#: Most files at once, each of which is a reading thread here.
_WIDEST = 128

#: Time between two looks at what was asked while answers are awaited, seconds.
_LOOK_SECONDS = 0.05

#: Time a task may need beside its files' own: to travel, and to start its process, seconds.
_START_SECONDS = 60.0

#: Longest wait for the cluster's head to take a connection, seconds.
_CONNECT_SECONDS = 5.0

_LOST = Refusal(
    Reason.DECODER_DIED,
    "What decoded it was lost again and again; it is probably damaged. Restore it from a backup.",
)


@dataclass(slots=True)
class _Asked:
    errand: Errand
    answer: Future[Any]


class RayRunner:
    """Implements `Runner` on a cluster, or on a local one that it starts and ends.

    Every processor of the cluster works on one file at a time, in a decoding process bounded as the built-in
    engine's are, so that a file ends the same way wherever it is decoded.

    Args:
        count: processors of a local cluster.
        limits: of one file.
        address: of the cluster, as Ray names it; empty for one of this machine alone, for this scan.
        send_bytes: send the files, for clusters that do not see this machine's paths.
        patience: longest time in which the cluster may finish nothing although it was asked, seconds.

    Raises:
        ServiceUnavailable: the cluster cannot be reached.
    """

    def __init__(
        self, count: int, limits: ImageLimits, *, address: str, send_bytes: bool, patience: float
    ) -> None:
        self._limits, self._send_bytes = limits, send_bytes
        self._patience = max(patience, CHUNK * limits.seconds + _START_SECONDS)
        self._ray, self._connected = _connected(address, count)
        self.width = min(_WIDEST, max(1, int(self._ray.cluster_resources().get("CPU", 1))))
        self._task = self._ray.remote(num_cpus=1, max_retries=3)(run_errands)
        self._asked: queue.SimpleQueue[_Asked] = queue.SimpleQueue()
        self._away: dict[Any, list[_Asked]] = {}
        self._moved_at = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="pinakes-ray", daemon=True)
        self._thread.start()

    def run(self, work: Callable[..., T], *arguments: object) -> T | Refusal:
        """Run `work(*arguments)`, whose first argument is a file's path, on some machine and wait for it.

        Raises:
            CancelledError: the runner was stopped meanwhile.
            ServiceUnavailable: the cluster went away, or finished nothing for too long.
        """
        errand = Errand(work, arguments)
        asked = _Asked(sent(errand, self._limits) if self._send_bytes else errand, Future())
        self._asked.put(asked)
        while not wait([asked.answer], timeout=1.0).done:
            # What was asked just as everything ended is answered by nobody.
            if not self._thread.is_alive() and not asked.answer.done():
                raise CancelledError
        result: T | Refusal = asked.answer.result()
        return result

    def stop(self) -> None:
        """End everything at once; whoever waits gets `CancelledError`, and a local cluster is ended."""
        self._stopped.set()
        self._thread.join()
        if self._connected:
            self._ray.shutdown()

    def _serve(self) -> None:
        try:
            while not self._stopped.is_set():
                self._send()
                self._receive()
        except Exception as error:  # whatever Ray raises of a cluster that is gone
            logging.get("ingest").error("cluster-lost", exc_info=error)
            self._fail(ServiceUnavailable("The Ray cluster went away.", remedy="Scan again when it is back."))
        finally:
            self._fail(CancelledError())

    def _send(self) -> None:
        """Hand out what was asked, as far as the cluster has room for it."""
        waiting: list[_Asked] = []
        room = self.width * _AHEAD - len(self._away)
        while room > 0 and len(waiting) < room * CHUNK:
            try:
                waiting.append(self._asked.get(block=not self._away and not waiting, timeout=_LOOK_SECONDS))
            except queue.Empty:
                break
        if waiting and not self._away:
            self._moved_at = time.monotonic()
        # As many tasks as there is room for before any of them gets long.
        size = min(CHUNK, -(-len(waiting) // max(1, room)))
        for at in range(0, len(waiting), max(1, size)):
            self._submit(waiting[at : at + size])

    def _submit(self, chunk: list[_Asked]) -> None:
        reference = self._task.remote([asked.errand for asked in chunk], self._limits)
        self._away[reference] = chunk

    def _receive(self) -> None:
        if not self._away:
            return
        ready, _ = self._ray.wait(list(self._away), num_returns=1, timeout=_LOOK_SECONDS)
        for reference in ready:
            self._moved_at = time.monotonic()
            self._answer(self._away.pop(reference), reference)
        if time.monotonic() - self._moved_at > self._patience:
            for reference in self._away:
                self._ray.cancel(reference, force=True)
            self._fail(
                ServiceUnavailable(
                    f"The Ray cluster finished nothing for {self._patience:.0f} s.",
                    remedy="See whether its processors are free; PINAKES_INGEST__RAY_SECONDS waits longer.",
                )
            )

    def _answer(self, chunk: list[_Asked], reference: Any) -> None:
        try:
            results = self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            for asked in chunk:  # raised by the code of a step itself, which is never a file's fault
                asked.answer.set_exception(error)
        except self._ray.exceptions.RayError as error:
            self._after_loss(chunk, error)
        else:
            for asked, result in zip(chunk, results, strict=True):
                asked.answer.set_result(result)

    def _after_loss(self, chunk: list[_Asked], error: Exception) -> None:
        """Ray gave a task up although it retries: each file alone, and a file alone is refused."""
        logging.get("ingest").warning("worker-lost", files=len(chunk), why=type(error).__name__)
        if len(chunk) == 1:
            chunk[0].answer.set_result(_LOST)
            return
        for asked in chunk:
            self._submit([asked])

    def _fail(self, error: BaseException) -> None:
        for chunk in self._away.values():
            for asked in chunk:
                asked.answer.set_exception(error)
        self._away.clear()
        while not self._asked.empty():
            self._asked.get().answer.set_exception(error)


def _connected(address: str, count: int) -> tuple[Any, bool]:
    """Ray's module, connected, and whether this process is to end the connection."""
    # Ray tells its makers of every cluster unless this says no.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    if ray.is_initialized():
        return ray, False
    where: dict[str, Any] = {"address": address}
    if not address:
        where = {"address": "local", "num_cpus": count, "include_dashboard": False}
    try:
        _check_answers(address)
        with _signals_kept():
            ray.init(**where, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, OSError, RuntimeError, ValueError, TimeoutError) as error:
        raise ServiceUnavailable(
            f"The Ray cluster {address or 'of this machine'} cannot be used: {error}".splitlines()[0],
            remedy="Start it, or name another in PINAKES_INGEST__RAY_ADDRESS.",
        ) from error
    return ray, True


def _check_answers(address: str) -> None:
    """Raise OSError where nothing listens; Ray itself would try for minutes, and then end the process."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_SECONDS).close()


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Keep what a signal means to this process, which Ray would decide anew."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
