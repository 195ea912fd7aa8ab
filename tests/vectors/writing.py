"""A process that writes to an embedded store until it is killed, and says what was acknowledged."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from uuid import UUID

import numpy as np
from tests.vectors.stores import TINY, embedded, unit
from tests.waiting import PATIENCE

from pinakes.core.types import Vector
from pinakes.vectors.points import Point, point_id
from pinakes.vectors.snapshots import snapshot

#: Points of one batch; each batch also deletes the first point of the one before.
BATCH = 20

#: Vectors of the points, over and over.
VECTORS = unit(np.random.default_rng(0).standard_normal((4999, TINY.dimensions)))


def nth_id(number: int) -> UUID:
    return point_id("ef" * 32, number)


def nth_vector(number: int) -> Vector:
    vector: Vector = VECTORS[number % len(VECTORS)]
    return vector


def batch(number: int) -> list[Point]:
    numbers = range(number * BATCH, (number + 1) * BATCH)
    return [Point(nth_id(n), nth_vector(n), {"folder": n % 3, "asset": n}) for n in numbers]


def write(directory: Path, first: int, said: Connection) -> None:
    """Upsert batch after batch and say each when it was acknowledged; optimise and snapshot all the while."""
    collection = embedded(directory / "vectors").create(TINY)

    def optimise() -> None:
        while True:
            said.send(("optimised", int(collection.optimise())))
            time.sleep(0.02)

    def keep() -> None:
        number = 0
        while True:
            snapshot(collection, directory / f"{os.getpid()}-{number}.zip", lambda done, total: None)
            number += 1
            said.send(("snapshot", number))
            time.sleep(0.1)

    for act in (optimise, keep):
        threading.Thread(target=act, daemon=True).start()
    number = first
    while True:
        collection.upsert(batch(number))
        if number:
            collection.delete([nth_id((number - 1) * BATCH)])
        said.send(("batch", number))
        number += 1
        time.sleep(0.02)


class Writer:
    """A writer under way."""

    def __init__(self, context: ForkServerContext, directory: Path, first: int) -> None:
        self._heard, said = context.Pipe(duplex=False)
        self._said: list[tuple[str, int]] = []
        self._process = context.Process(target=write, args=(directory, first, said), daemon=True)
        self._process.start()
        said.close()

    def wait_for(self, kind: str, seconds: float) -> None:
        """Wait until it has said something of this kind."""
        end = time.monotonic() + seconds
        while self._heard.poll(max(0.0, end - time.monotonic())):
            self._said.append(self._heard.recv())
            if self._said[-1][0] == kind:
                return
        raise AssertionError(f"the writer says nothing of {kind} within {seconds:g} s")

    def kill(self) -> list[tuple[str, int]]:
        """Kill it at once, and return what it had said."""
        os.kill(self._process.pid or 0, signal.SIGKILL)
        self._process.join(PATIENCE)
        with suppress(EOFError):
            while self._heard.poll(0):
                self._said.append(self._heard.recv())
        self._heard.close()
        return self._said


@contextmanager
def fork_server() -> Iterator[ForkServerContext]:
    """Where writers are forked from, with everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.vectors.writing", "qdrant_edge"])
    yield context
