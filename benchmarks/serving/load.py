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

#: Time past the end of a load that answers are waited for, seconds.
PATIENCE = 60.0

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
    """

    port: int
    requests: Sequence[bytes]
    seconds: float
    clients: int = 0
    rate: float = 0.0
    warm: float = 0.5
    pictures: int = 1


@dataclass(slots=True)
class Taken:
    """What came of a load.

    Attributes:
        answered: milliseconds of each request answered 200, in order of their end.
        refused: milliseconds of each answered with another status.
        statuses: how often each status came; 0 is a connection that was lost.
        waits: what Retry-After said, seconds, for each refusal that had it.
        seconds: that was measured.
        cpu_seconds: of the process that made the load.
    """

    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
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


class Generator:
    """Processes that make load; several loads run at once in as many processes."""

    def __init__(self, processes: int = 2) -> None:
        self._pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))

    def run(self, *loads: Load) -> list[Taken]:
        """Run loads at once to their end.

        Raises:
            TimeoutError: one does not end within its time and `PATIENCE`.
        """
        futures = [self._pool.submit(_run, load) for load in loads]
        longest = max(load.warm + load.seconds for load in loads) + 2 * PATIENCE
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
                if first <= ended <= last:
                    taken.add(1000 * (ended - sent), *answer)

    cpu = time.process_time()
    async with asyncio.timeout(load.warm + load.seconds + PATIENCE), asyncio.TaskGroup() as group:
        for _ in range(load.clients):
            group.create_task(client())
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
            answer = await _ask(connection, next(requests))
            if due >= first:
                taken.add(1000 * (time.perf_counter() - due), *answer)
            idle.append(connection)

    cpu = time.process_time()
    async with asyncio.timeout(load.warm + load.seconds + PATIENCE), asyncio.TaskGroup() as group:
        while due < last:
            if (ahead := due - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            group.create_task(one(due))
            due += chance.expovariate(load.rate)
    for connection in idle:
        connection.close()
    taken.seconds, taken.cpu_seconds = load.seconds, time.process_time() - cpu
    return taken


async def _ask(connection: Connection, request: bytes) -> tuple[int, str | None]:
    try:
        answer = await connection.ask(request)
    except Lost:
        return 0, None
    return answer.status, answer.retry_after
