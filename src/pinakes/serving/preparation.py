"""The pool that decodes and preprocesses before the queue of the model, so that both work at once."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from pinakes.core import logging
from pinakes.serving.fairness import FairQueue, Shares, Urgency
from pinakes.serving.request import Item, Request


class Taker(Protocol):
    """A model's batcher, as the pool sees it."""

    def has_room(self, request: Request, urgency: float) -> bool:
        """Whether one more prepared input may wait; urgency is its priority, less where aged."""
        ...

    def prepare(self, item: Item, arrived: float) -> None:
        """Decode and preprocess one input, which came at `arrived`, and queue it for the model."""
        ...


class PreparationPool:
    """Threads shared by all models; they take the inputs whose turn it is, of models that have room.

    Args:
        threads: how many inputs are decoded at once.
    """

    def __init__(self, threads: int) -> None:
        self._queues: dict[Taker, FairQueue[_Arrived]] = {}
        self._changed = threading.Condition()
        self._held_back = False
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"pinakes-prepare-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def put(self, taker: Taker, request: Request) -> None:
        """Queue every input of a request."""
        now = time.monotonic()
        with self._changed:
            queue = self._queues.setdefault(taker, FairQueue(Shares()))
            items = request.items()
            for item in items:
                queue.push(_Arrived(item, now), cost=1, now=now)
            self._changed.notify(len(items))

    def wake(self) -> None:
        """Look again: a model has room."""
        with self._changed:
            if self._held_back:
                self._held_back = False
                self._changed.notify_all()

    def forget(self, taker: Taker) -> None:
        """Drop a model's queue; what still stood in it is never prepared."""
        with self._changed:
            self._queues.pop(taker, None)

    def close(self) -> None:
        """Stop once nothing waits; threads in the middle of a picture are left to end it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            taker, arrived = taken
            try:
                taker.prepare(arrived.item, arrived.since)
            except Exception as error:  # a thread that died would leave its callers waiting for ever
                logging.get("serving").error("preparation-failed", exc_info=error)
                arrived.item.request.fail(error)

    def _take(self) -> tuple[Taker, _Arrived] | None:
        with self._changed:
            while True:
                now = time.monotonic()
                ready = [(urgency, taker) for taker, urgency in self._urgencies(now)]
                if ready:
                    taker = min(ready, key=lambda entry: entry[0])[1]
                    arrived = self._queues[taker].pop(now)
                    if arrived is not None:
                        return taker, arrived
                elif self._closed:
                    return None
                else:
                    self._changed.wait()

    def _urgencies(self, now: float) -> list[tuple[Taker, Urgency]]:
        found = []
        for taker, queue in self._queues.items():
            urgency, first = queue.urgency(now), queue.first(now)
            if urgency is None or first is None:
                continue
            if taker.has_room(first.request, urgency[0]):
                found.append((taker, urgency))
            else:
                self._held_back = True
        return found


class _Arrived:
    """An item, and when it came."""

    __slots__ = ("item", "since")

    def __init__(self, item: Item, since: float) -> None:
        self.item = item
        self.since = since

    @property
    def request(self) -> Request:
        return self.item.request
