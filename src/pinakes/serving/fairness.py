"""Whose turn it is: shares of the machine by client, classes of urgency, and ageing against starvation."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from pinakes.serving.request import Priority, Request

#: Waiting this long lifts an item by one class of urgency, seconds.
AGEING_SECONDS = 2.0

#: Clients remembered before those that owe nothing are forgotten.
REMEMBERED = 1024

#: Entries of a queue before those that nobody waits for are swept out.
SWEEP_FROM = 1024


#: When an item's turn comes within its class, the least first: its virtual start, and whether its client had
#: others before it that were not served yet.
Turn = tuple[float, bool]

#: Who is served first, the least of them: class of urgency after ageing, turn, time of arrival.
Urgency = tuple[float, Turn, float]


class Waiting(Protocol):
    """What can stand in a queue."""

    @property
    def request(self) -> Request:
        """Whose it is."""
        ...


W = TypeVar("W", bound=Waiting)


class Shares:
    """Virtual time by which clients get equal shares of cost (start-time fair queueing, Goyal et al. 1996).

    A client's next item starts where its last one ended, but never before what is served now: who was away
    has saved nothing up, and who asks for much waits behind who asks for little.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._ends: dict[str, float] = {}

    def begin(self, client: str, cost: float) -> Turn:
        """Return when a client's next item of `cost` has its turn.

        Of equal starts, who comes anew is before who has been here all along: one round of many busy clients
        is a long wait for somebody who asks once.
        """
        if len(self._ends) > REMEMBERED:
            self._ends = {name: end for name, end in self._ends.items() if end > self._now}
        end = self._ends.get(client, 0.0)
        start = max(self._now, end)
        self._ends[client] = start + cost
        return start, end > self._now

    def served(self, start: float) -> None:
        """Move on to the start of the item that is served now."""
        self._now = max(self._now, start)


@dataclass(order=True, slots=True)
class _Place(Generic[W]):
    turn: Turn
    deadline: float
    number: int
    since: float = field(compare=False)
    entry: W = field(compare=False)


class FairQueue(Generic[W]):
    """Entries by class of urgency, in each class by shares; the owner holds a lock around every call."""

    def __init__(self, shares: Shares) -> None:
        self._shares = shares
        self._classes: dict[Priority, list[_Place[W]]] = {priority: [] for priority in Priority}
        self._number = 0
        self._sweep_at = SWEEP_FROM

    def __len__(self) -> int:
        """Entries in the queue, those that nobody waits for included."""
        return sum(map(len, self._classes.values()))

    def push(self, entry: W, *, cost: float, now: float) -> None:
        """Queue an entry that costs `cost` of its client's share; `now` is `time.monotonic()`."""
        request = entry.request
        turn = self._shares.begin(request.client, cost)
        self._number += 1
        place = _Place(turn, request.deadline, self._number, now, entry)
        heapq.heappush(self._classes[request.priority], place)
        if len(self) > self._sweep_at:
            self._sweep()

    def urgency(self, now: float) -> Urgency | None:
        """How soon its first entry should be served, least first; None when nobody waits."""
        return min((self._urgency(priority, now) for priority in self._alive()), default=None)

    def first(self, now: float) -> W | None:
        """The entry whose turn it is, left where it is; None when nobody waits."""
        places = self._next(now)
        return places[0].entry if places else None

    def pop(self, now: float) -> W | None:
        """Take the entry whose turn it is; None when nobody waits."""
        places = self._next(now)
        if not places:
            return None
        place = heapq.heappop(places)
        self._shares.served(place.turn[0])
        return place.entry

    def clients(self) -> set[str]:
        """Whose entries stand here."""
        return {place.entry.request.client for places in self._classes.values() for place in places}

    def _next(self, now: float) -> list[_Place[W]]:
        """The class whose first entry has its turn; empty when nobody waits."""
        alive = self._alive()
        return self._classes[min(alive, key=lambda priority: self._urgency(priority, now))] if alive else []

    def _urgency(self, priority: Priority, now: float) -> Urgency:
        first = self._classes[priority][0]
        aged = max(float(Priority.INTERACTIVE), priority - (now - first.since) / AGEING_SECONDS)
        return aged, first.turn, first.since

    def _alive(self) -> list[Priority]:
        for places in self._classes.values():
            while places and places[0].entry.request.answered:
                heapq.heappop(places)
        return [priority for priority, places in self._classes.items() if places]

    def _sweep(self) -> None:
        for priority, places in self._classes.items():
            kept = [place for place in places if not place.entry.request.answered]
            heapq.heapify(kept)
            self._classes[priority] = kept
        self._sweep_at = max(SWEEP_FROM, 2 * len(self))
