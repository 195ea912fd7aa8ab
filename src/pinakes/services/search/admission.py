"""How much the search service does at once; what is over that is refused rather than left to wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

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
        self._inside = 0
        self._draining = False
        self._lock = threading.Lock()

    @property
    def draining(self) -> bool:
        """Whether nothing more is taken."""
        return self._draining

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Do the work on a thread.

        Raises:
            Overloaded: as many as may be are at it.
            NotReady: the service is about to end.
        """
        with self._place():
            return await run_in_threadpool(work)

    def drain(self, until: float) -> None:
        """Take nothing more, and wait for what was taken, `until` then (`time.monotonic`) at most."""
        self._draining = True
        while self._inside and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)

    @contextmanager
    def _place(self) -> Iterator[None]:
        began, outcome = time.monotonic(), "ok"
        try:
            self._enter()
            try:
                yield
            finally:
                with self._lock:
                    self._inside -= 1
        except PinakesError as error:
            outcome = error.code
            raise
        except BaseException:
            outcome = "error"
            raise
        finally:
            self._metrics.requests.labels(self._kind, outcome).inc()
            self._metrics.seconds.labels(self._kind).observe(time.monotonic() - began)

    def _enter(self) -> None:
        with self._lock:
            if self._draining:
                raise NotReady("The service is about to end.")
            if self._inside >= self._most:
                raise Overloaded(
                    f"The service is at work on {self._most} such requests already.",
                    retry_after=RETRY_SECONDS,
                )
            self._inside += 1
