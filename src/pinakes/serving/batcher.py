"""Pull-based batching: a free worker takes what waits, so idle means no delay and busy means batches."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from pinakes.core import logging
from pinakes.core.errors import DeadlineExceeded, ModelFailed
from pinakes.serving.request import Item, Outcome, Request


class Batcher:
    """Worker threads that pull pictures of waiting requests, in turn, and embed them together.

    Requests take turns picture by picture, so a large one does not starve a small one. Pictures are
    shared out among the workers that are free. A request whose caller has gone or whose deadline has
    passed is dropped before its pictures cost anything.

    Args:
        embed: called from any worker with 1 to `max_batch` pictures; answers one outcome each and does
            not raise.
        max_batch: most pictures in one call.
        workers: threads; the most calls at once.
    """

    def __init__(
        self, embed: Callable[[Sequence[bytes]], list[Outcome]], *, max_batch: int, workers: int
    ) -> None:
        self._embed = embed
        self._max_batch = max_batch
        self._queue: deque[Request] = deque()
        self._ready = threading.Condition()
        self._idle = 0
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"pinakes-embed-{number}", daemon=True)
            for number in range(workers)
        ]

    def start(self) -> None:
        """Start the workers."""
        for thread in self._threads:
            thread.start()

    def put(self, request: Request) -> None:
        """Queue a request of one picture or more; its future is answered by a worker."""
        with self._ready:
            self._queue.append(request)
            self._ready.notify(min(request.untouched, len(self._threads)))

    def close(self, *, seconds: float = 1.0) -> None:
        """Finish what is queued, then stop; workers still busy after `seconds` are left behind."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        while (batch := self._take()) is not None:
            self._run(batch)

    def _take(self) -> list[Item] | None:
        """Wait for work and return a fair share of it, or None once closed and empty."""
        while True:
            with self._ready:
                while not self._queue and not self._closed:
                    self._idle += 1
                    self._ready.wait()
                    self._idle -= 1
                if not self._queue:
                    return None
                late = self._drop_unwanted()
                batch = self._share()
            for request in late:  # outside the lock: answering runs the caller's callbacks
                request.fail(DeadlineExceeded("The request's time ran out while it waited for the model."))
            if batch:
                return batch

    def _drop_unwanted(self) -> list[Request]:
        """Forget requests that nobody waits for; return those whose time ran out."""
        now = time.monotonic()
        waiting = [request for request in self._queue if not request.answered]
        self._queue = deque(request for request in waiting if request.deadline > now)
        return [request for request in waiting if request.deadline <= now]

    def _share(self) -> list[Item]:
        """Take one picture of each request in turn, up to this worker's share of all that wait."""
        waiting = sum(request.untouched for request in self._queue)
        size = min(self._max_batch, -(-waiting // (self._idle + 1)))
        batch: list[Item] = []
        while self._queue and len(batch) < size:
            request = self._queue.popleft()
            batch.append(request.hand_out())
            if request.untouched:
                self._queue.append(request)
        return batch

    def _run(self, batch: list[Item]) -> None:
        try:
            outcomes = self._embed([item.image for item in batch])
            for item, outcome in zip(batch, outcomes, strict=True):
                item.request.settle(item.index, outcome)
        except BaseException as error:  # a worker that died would leave its callers waiting for ever
            logging.get("serving").error("worker-failed", exc_info=error)
            for item in batch:
                item.request.fail(ModelFailed("The inference engine failed on this request."))
