"""A process that writes to a file of words until it is killed, and says what was acknowledged."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

from tests.waiting import PATIENCE
from tests.words.indexes import document

from pinakes.core.payload import PICTURES
from pinakes.words.base import Document
from pinakes.words.sqlite.index import SqliteWordIndex

#: Documents of one batch; each batch also forgets the first document of the one before.
BATCH = 20


def batch(number: int) -> list[Document]:
    numbers = range(number * BATCH, (number + 1) * BATCH)
    return [document(n, f"sea number {n}", folder=n % 3) for n in numbers]


def write(file: Path, first: int, said: Connection) -> None:
    """Upsert batch after batch, and say each when it was acknowledged."""
    index = SqliteWordIndex(file, PICTURES, seconds=10)
    number = first
    while True:
        index.upsert(batch(number))
        if number:
            index.delete([(number - 1) * BATCH])
        said.send(number)
        number += 1


class Writer:
    """A writer under way."""

    def __init__(self, context: ForkServerContext, file: Path, first: int) -> None:
        self._heard, said = context.Pipe(duplex=False)
        self._process = context.Process(target=write, args=(file, first, said), daemon=True)
        self._process.start()
        said.close()

    def wait(self, seconds: float) -> int:
        """The next batch that it says was acknowledged."""
        assert self._heard.poll(seconds), f"the writer says nothing within {seconds:g} s"
        return int(self._heard.recv())

    def kill(self, last: int) -> int:
        """Kill it at once, and return the last batch that was acknowledged; `last` is what was heard."""
        os.kill(self._process.pid or 0, signal.SIGKILL)
        self._process.join(PATIENCE)
        with suppress(EOFError):
            while self._heard.poll(0):
                last = int(self._heard.recv())
        self._heard.close()
        return last


@contextmanager
def fork_server() -> Iterator[ForkServerContext]:
    """Where writers are forked from, with everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.words.writing"])
    yield context
