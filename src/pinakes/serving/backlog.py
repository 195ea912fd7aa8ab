"""What stands before a newcomer of one model, so that nobody is let in only to run out of time inside."""

from __future__ import annotations

import threading
from collections import Counter

from pinakes.core.errors import Overloaded
from pinakes.serving.pace import Pace, in_words, retry_after
from pinakes.serving.request import Priority, Request

#: Share of a request's time that what stands before it, and it itself, may be expected to take. Calls come
#: in lumps: with 0.8, one answer in twelve came too late under five times the load; with 0.65, none.
EXPECTED_SHARE = 0.65


class Backlog:
    """Counts inputs inside by class of urgency and client; all methods are safe from any thread."""

    def __init__(self) -> None:
        self._inside: Counter[tuple[Priority, str]] = Counter()
        self._pace = Pace()
        self._lock = threading.Lock()

    def admit(self, request: Request, items: int, seconds: float) -> None:
        """Count a request in.

        Raises:
            Overloaded: it could not be done in its time, by its fair share of the measured pace; while
                nothing was measured, everybody is let in.
        """
        with self._lock:
            self._refuse_late(request.priority, request.client, items, seconds)
            if not self._inside:
                self._pace.began()
            self._inside[request.priority, request.client] += items

    def foresee(self, priority: Priority, client: str, seconds: float) -> None:
        """Refuse a request of one input whose body has not come; see `admit`. Raises Overloaded."""
        with self._lock:
            self._refuse_late(priority, client, 1, seconds)

    def leave(self, request: Request, items: int) -> None:
        """Count a request out that was answered, or that nobody waits for any more."""
        answered = not request.future.cancelled() and request.future.exception() is None
        with self._lock:
            key = (request.priority, request.client)
            self._inside[key] -= items
            if not self._inside[key]:
                del self._inside[key]
            if answered:
                self._pace.left(items)
            if not self._inside:
                self._pace.rested()

    def _refuse_late(self, priority: Priority, client: str, items: int, seconds: float) -> None:
        before = self._before(priority, client, items)
        expected = (before + items) * self._pace.seconds
        if before and self._pace.measured and expected > EXPECTED_SHARE * seconds:
            wait = retry_after(expected - EXPECTED_SHARE * seconds)
            raise Overloaded(
                f"The model is busy: this request would take {expected:.1f} s and has {seconds:.3g} s.",
                retry_after=wait,
                remedy=in_words(wait),
            )

    def _before(self, priority: Priority, client: str, items: int) -> int:
        """Inputs that will be served before this request is done: the more urgent, and others' turns."""
        key = (priority, client)
        own = self._inside[key] + items
        return sum(
            inside if other == key or other[0] < priority else min(inside, own)
            for other, inside in self._inside.items()
            if other[0] <= priority
        )
