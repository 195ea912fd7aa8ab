"""A few connections to PostgreSQL, shared by threads; a server that went away and came back is noticed."""

from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from typing import TypeVar

import psycopg
from psycopg import Connection, Cursor, errors
from psycopg.sql import SQL, Composed

from pinakes.core.errors import DiskFull, Overloaded, ServiceUnavailable, StateUnusable

Answer = TypeVar("Answer")

#: Longest wait for a connection to be made, seconds; the least that the protocol library takes is 2.
CONNECT_SECONDS = 5


class Connections:
    """At most `most` connections; each question may take `seconds`; `variable` is what sets the address."""

    def __init__(self, url: str, *, most: int, seconds: float, variable: str) -> None:
        self._url, self._most, self._seconds, self._variable = url, most, seconds, variable
        self._free = BoundedSemaphore(most)
        self._idle: list[Connection] = []
        self._lock, self._closed = Lock(), False

    def ask(self, question: Callable[[Cursor], Answer]) -> Answer:
        """Run a question in a transaction of its own; it must be one that may be asked twice.

        A connection that died while idle is replaced, once.

        Raises:
            ServiceUnavailable: the server is away, stopping, or took too long.
            Overloaded: every connection was busy all the time.
            DiskFull, StateUnusable: the server has no room; it refuses what it should take.
        """
        if not self._free.acquire(timeout=self._seconds):
            raise Overloaded("Every connection to PostgreSQL is busy.", retry_after=1)
        try:
            reused = self._reused()
            if reused is not None:
                try:
                    return self._within(reused, question)
                except ServiceUnavailable:
                    if not reused.closed:
                        raise
            return self._within(self._made(), question)
        finally:
            self._free.release()

    def outside(self, statement: Composed, *, seconds: float) -> None:
        """Run one statement that may take long and allows no transaction around it."""
        connection = self._made()
        try:
            connection.autocommit = True
            connection.execute(SQL("SET statement_timeout = {}").format(int(seconds * 1000)))
            connection.execute(statement)
        except psycopg.Error as error:
            raise _as_ours(error) from error
        finally:
            connection.close()

    def close(self) -> None:
        """Close the idle connections; those in use close when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _within(self, connection: Connection, question: Callable[[Cursor], Answer]) -> Answer:
        try:
            with connection.transaction(), connection.cursor() as cursor:
                answer = question(cursor)
        except psycopg.Error as error:
            if connection.closed:
                self._forget_idle()
            raise _as_ours(error) from error
        finally:
            self._put_back(connection)
        return answer

    def _reused(self) -> Connection | None:
        with self._lock:
            if self._closed:
                raise StateUnusable("The connections to PostgreSQL are closed.")
            return self._idle.pop() if self._idle else None

    def _made(self) -> Connection:
        milliseconds = int(self._seconds * 1000)
        try:
            return psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                tcp_user_timeout=milliseconds,
                options=f"-c statement_timeout={milliseconds}",
            )
        except psycopg.Error as error:
            raise ServiceUnavailable(
                f"No PostgreSQL takes connections: {str(error).strip().splitlines()[0]}.",
                remedy=f"Start it, or set {self._variable}.",
            ) from error

    def _put_back(self, connection: Connection) -> None:
        with self._lock:
            if not self._closed and not connection.closed and len(self._idle) < self._most:
                self._idle.append(connection)
                return
        connection.close()

    def _forget_idle(self) -> None:
        """The server went away; what is idle is as dead as what was just used."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def _as_ours(error: Exception) -> ServiceUnavailable | DiskFull | StateUnusable:
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if isinstance(error, errors.DiskFull):
        return DiskFull(f"PostgreSQL has no room: {said}.")
    if isinstance(error, errors.OperationalError | errors.InterfaceError):
        return ServiceUnavailable(f"PostgreSQL does not answer: {said}.", remedy="See whether it runs.")
    return StateUnusable(f"PostgreSQL refuses a statement of ours: {said}.")
