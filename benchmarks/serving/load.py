"""Load from a process of its own: a closed loop of clients, or arrivals at a rate whatever comes back.

Times of arrivals at a rate count from when the request was due, not from when it could be sent, so that a
server that stalls is charged for everyone it kept waiting.
"""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing import get_context

from benchmarks.serving.exchange import Connection, Lost

#: Time past the end of a load that answers are waited for unless told, seconds.
PATIENCE = 60.0

#: Stands for a status where a connection was lost, and where no answer came in time.
LOST, NO_ANSWER = 0, -1

#: Most requests under way at once in an open loop; beyond it they wait here and their time runs.
MOST_OPEN = 1000


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: requests, in turn, to a port of loopback.

    Attributes:
        pictures: in each request.
        clients: of a closed loop, each with one request under way; 0 for an open loop.
        rate: of an open loop, requests a second.
        seconds: that is measured, after `warm` seconds that are not.
        pause: of each client between an answer and its next request, seconds.
        patience: time past the end that answers are waited for, seconds; then they count as none.
    """

    port: int
    requests: Sequence[bytes]
    seconds: float
    clients: int = 0
    rate: float = 0.0
    warm: float = 0.5
    pictures: int = 1
    pause: float = 0.0
    patience: float = PATIENCE


@dataclass(slots=True)
class Taken:
    """What came of a load.

    Attributes:
        answered: milliseconds of each request answered 200, in order of their end.
        refused: milliseconds of each answered with another status.
        statuses: how often each status came, `LOST` and `NO_ANSWER` among them.
        total: requests that came to an end at any time, measured or not; what processor time is shared over.
        waits: what Retry-After said, seconds, for each refusal that had it.
        seconds: that was measured.
        cpu_seconds: of the process that made the load.
    """

    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    total: int = 0
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    pictures: int = 1

    @property
    def rate(self) -> float:
        """Pictures answered a second."""
        return self.pictures * len(self.answered) / self.seconds

    def within(self, milliseconds: float) -> float:
        """Pictures a second that were answered in time."""
        return self.pictures * sum(each <= milliseconds for each in self.answered) / self.seconds

    def add(self, milliseconds: float, status: int, retry_after: str | None) -> None:
        """Count one request that came to its end."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        (self.answered if status == 200 else self.refused).append(milliseconds)
        if status != 200 and retry_after is not None:
            self.waits.append(float(retry_after))


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies; NaN where there is none."""
    if not values:
        return float("nan")
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def median(values: Sequence[float]) -> float:
    """The middle value; NaN where there is none."""
    return statistics.median(values) if values else float("nan")


def in_turn(port: int, request: bytes, count: int) -> list[float]:
    """Milliseconds of so many requests, one after another on one connection, sent by this process.

    Raises:
        Lost: the connection ended.
        TimeoutError: they took longer than `PATIENCE`.
    """

    async def ask() -> list[float]:
        taken = []
        async with asyncio.timeout(PATIENCE), Connection(port) as connection:
            for _ in range(count):
                sent = time.perf_counter()
                await connection.ask(request)
                taken.append(1000 * (time.perf_counter() - sent))
        return taken

    return asyncio.run(ask())


class Generator:
    """Processes that make load; several loads run at once in as many processes."""

    def __init__(self, processes: int = 2) -> None:
        self._pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))

    def run(self, *loads: Load) -> list[Taken]:
        """Run loads at once to their end.

        Raises:
            TimeoutError: one does not end long after it should have.
        """
        futures = [self._pool.submit(_run, load) for load in loads]
        longest = max(load.warm + load.seconds + load.patience for load in loads) + PATIENCE
        return [future.result(longest) for future in futures]

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)


def _run(load: Load) -> Taken:
    gc.disable()
    try:
        return asyncio.run(_closed(load) if load.clients else _open(load))
    finally:
        gc.enable()


async def _closed(load: Load) -> Taken:
    taken, began = Taken(pictures=load.pictures), time.perf_counter()
    first, last = began + load.warm, began + load.warm + load.seconds
    requests = cycle(load.requests)

    async def client() -> None:
        async with Connection(load.port) as connection:
            while (sent := time.perf_counter()) < last:
                answer = await _ask(connection, next(requests))
                ended = time.perf_counter()
                taken.total += 1
                if first <= ended <= last:
                    taken.add(1000 * (ended - sent), *answer)
                await asyncio.sleep(load.pause)

    cpu = time.process_time()
    clients = [asyncio.create_task(client()) for _ in range(load.clients)]
    await _settle(clients, last - time.perf_counter() + load.patience)
    taken.seconds, taken.cpu_seconds = load.seconds, time.process_time() - cpu
    return taken


async def _open(load: Load) -> Taken:
    """Arrivals by a Poisson process; each takes an idle connection, or opens one."""
    taken, idle, room = Taken(pictures=load.pictures), list[Connection](), asyncio.Semaphore(MOST_OPEN)
    requests, chance = cycle(load.requests), random.Random(7)
    due = began = time.perf_counter()
    first, last = began + load.warm, began + load.warm + load.seconds

    async def one(due: float) -> None:
        async with room:
            connection = idle.pop() if idle else Connection(load.port)
            try:
                answer = await _ask(connection, next(requests))
            except asyncio.CancelledError:
                connection.close()
                raise
            taken.total += 1
            if due >= first:
                taken.add(1000 * (time.perf_counter() - due), *answer)
            idle.append(connection)

    cpu, sent = time.process_time(), []
    while due < last:
        if (ahead := due - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        sent.append(asyncio.create_task(one(due)))
        due += chance.expovariate(load.rate)
    taken.statuses[NO_ANSWER] = await _settle(sent, load.patience)
    for connection in idle:
        connection.close()
    taken.seconds, taken.cpu_seconds = load.seconds, time.process_time() - cpu
    return taken


async def _settle(tasks: Sequence[asyncio.Task[None]], seconds: float) -> int:
    """Wait for tasks, but only so long; returns how many were given up."""
    done, late = await asyncio.wait(tasks, timeout=max(0.0, seconds))
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    for task in done:
        task.result()
    return len(late)


async def _ask(connection: Connection, request: bytes) -> tuple[int, str | None]:
    try:
        answer = await connection.ask(request)
    except Lost:
        return LOST, None
    return answer.status, answer.retry_after
