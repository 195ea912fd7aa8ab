"""How much the search service does at once; what is over that is refused rather than left to wait."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import Any, TypeVar

from pinakes.core.errors import NotReady, Overloaded, PinakesError
from pinakes.services.search.metrics import SharedMetrics

Answer = TypeVar("Answer")

#: What a caller that is refused is told to wait, seconds.
RETRY_SECONDS = 1.0

#: Time between two looks at what is still being done, seconds.
LOOK_SECONDS = 0.02


class Room:
    """So many requests of one kind at once.

    Args:
        kind: what they are called in the metrics.
        most: how many.
    """

    def __init__(self, kind: str, most: int, metrics: SharedMetrics) -> None:
        self._kind, self._most, self._metrics = kind, most, metrics
        self._inside: set[asyncio.Future[Any]] = set()
        self._draining = False
        self._lock = threading.Lock()

    @property
    def draining(self) -> bool:
        """Whether nothing more is taken."""
        return self._draining

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Do the work on a thread of its own, which goes with the process if that has to end.

        Raises:
            Overloaded: as many as may be are at it.
            NotReady: the service is about to end.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        context = copy_context()
        with self._place(answer):

            def run() -> None:
                _tell(answer, _outcome(lambda: context.run(work)))

            threading.Thread(target=run, name=f"pinakes-{self._kind}", daemon=True).start()
            return await answer

    def drain(self, until: float) -> None:
        """Take nothing more, and wait for what was taken, `until` then (`time.monotonic`) at most.

        Who still waits then is told to send the request again; what was done of it stays.
        """
        self._draining = True
        while self._inside and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        for answer in list(self._inside):
            _tell(answer, _ending())

    @contextmanager
    def _place(self, answer: asyncio.Future[Any]) -> Iterator[None]:
        began, outcome = time.monotonic(), "ok"
        try:
            self._enter(answer)
            try:
                yield
            finally:
                with self._lock:
                    self._inside.remove(answer)
        except PinakesError as error:
            outcome = error.code
            raise
        except BaseException:
            outcome = "error"
            raise
        finally:
            self._metrics.requests.labels(self._kind, outcome).inc()
            self._metrics.seconds.labels(self._kind).observe(time.monotonic() - began)

    def _enter(self, answer: asyncio.Future[Any]) -> None:
        with self._lock:
            if self._draining:
                raise _ending()
            if len(self._inside) >= self._most:
                raise Overloaded(
                    f"The service is at work on {self._most} such requests already.",
                    retry_after=RETRY_SECONDS,
                )
            self._inside.add(answer)


def _ending() -> NotReady:
    return NotReady("The service is about to end.", remedy="Send the request again when it is back.")


def _outcome(work: Callable[[], Answer]) -> Answer | Exception:
    try:
        return work()
    except Exception as error:
        return error


def _tell(answer: asyncio.Future[Any], outcome: object) -> None:
    """Give, from any thread, an outcome to whoever waits for it, if anybody still does."""

    def tell() -> None:
        if not answer.done():
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)

    with suppress(RuntimeError):  # the loop has ended without waiting
        answer.get_loop().call_soon_threadsafe(tell)
