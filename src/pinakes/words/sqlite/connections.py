"""Connections to the words' file: readers that threads share, and one writer; in memory both are one."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import TypeVar

from pinakes.core.errors import DeadlineExceeded, DiskFull, Overloaded, StateBusy, StateUnusable

Answer = TypeVar("Answer")

#: Questions that are answered at once; more wait.
MOST_READERS = 8

#: Steps of SQLite's machine between two looks at the clock, a few milliseconds.
STEPS = 50_000

#: Results of SQLite that mean another process writes, that time ran out, and that the disk is full.
BUSY, INTERRUPTED, FULL = sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_FULL


class Connections:
    """Readers and a writer of one file, or of a database in memory where `path` is None.

    Args:
        seconds: how long a question may take, and how long one may wait to be asked.
    """

    def __init__(self, path: Path | None, *, seconds: float) -> None:
        self._path, self._seconds = path, seconds
        self._idle: list[sqlite3.Connection] = []
        self._lock, self._closed = Lock(), False
        with self._translated():
            self._writer = self._opened()
        self._writing = BoundedSemaphore(1)
        # What is in memory belongs to its connection: then readers take turns with the writer.
        self._reading = self._writing if path is None else BoundedSemaphore(MOST_READERS)

    def ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Run a question that changes nothing, on what was written when it begins.

        Raises:
            DeadlineExceeded: it took longer than it may.
            Overloaded: as many questions as may be were being answered all the time.
            StateUnusable: the file is damaged, or closed.
        """
        with self._turn(self._reading), self._reader() as connection, self._translated():
            until = time.monotonic() + self._seconds
            connection.set_progress_handler(lambda: time.monotonic() > until, STEPS)
            try:
                with _transaction(connection, "begin"):
                    return question(connection)
            finally:
                connection.set_progress_handler(None, 0)

    def write(self, act: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Run an act whole or not at all; when this returns it outlives the process and a loss of power.

        Raises:
            StateBusy: another process writes all the time.
            Overloaded, DiskFull, StateUnusable: as they say.
        """
        with self._turn(self._writing), self._translated():
            self._check_open()
            with _transaction(self._writer, "begin immediate"):
                return act(self._writer)

    def close(self) -> None:
        """Close what is idle; who reads or writes is waited for, and what they hold is closed after."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        with self._turn(self._writing):
            self._writer.close()

    @contextmanager
    def _turn(self, turns: BoundedSemaphore) -> Iterator[None]:
        if not turns.acquire(timeout=self._seconds):
            raise Overloaded("The index of words is busy.", retry_after=1)
        try:
            yield
        finally:
            turns.release()

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        if self._path is None:
            self._check_open()
            yield self._writer
            return
        connection = self._taken()
        try:
            yield connection
        finally:
            self._put_back(connection)

    def _taken(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StateUnusable("The index of words is closed.")
            if self._idle:
                return self._idle.pop()
        with self._translated():
            connection = self._opened()
            connection.execute("pragma query_only = on")
        return connection

    def _put_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _check_open(self) -> None:
        if self._closed:
            raise StateUnusable("The index of words is closed.")

    def _opened(self) -> sqlite3.Connection:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self._path or ":memory:", timeout=self._seconds, isolation_level=None, check_same_thread=False
        )
        try:
            if self._path is not None:
                self._switch_to_wal(connection)
            connection.execute("pragma synchronous = full")
        except BaseException:
            connection.close()
            raise
        return connection

    def _switch_to_wal(self, connection: sqlite3.Connection) -> None:
        # Of two processes that both switch a new file, SQLite refuses one at once, whatever the busy wait.
        until = time.monotonic() + self._seconds
        while True:
            try:
                connection.execute("pragma journal_mode = wal")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.01)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._as_ours(error) from error

    def _as_ours(self, error: Exception) -> DeadlineExceeded | StateBusy | DiskFull | StateUnusable:
        # The lower byte is the kind of result; the bytes above it say more.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == INTERRUPTED:
            return DeadlineExceeded(
                f"The words asked for were not found within {self._seconds:g} s.",
                remedy="Ask for rarer words, or with more conditions.",
            )
        if code == BUSY:
            return StateBusy("Another process writes to the index of words.", remedy="Try again later.")
        if code == FULL:
            return DiskFull(f"The disk that holds {self._path} is full.", remedy="Free some space there.")
        return StateUnusable(
            f"The index of words in {self._path or 'memory'} cannot be used: {error}.",
            remedy="Remove the file; it is made again from the library.",
        )


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
