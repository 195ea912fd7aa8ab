"""The door of the engine: how much may be inside at once, and when to come back when it is full."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass

from pinakes.core.errors import Overloaded
from pinakes.serving.pace import Pace, in_words, retry_after

#: Least time after which a body may find room that found none, seconds: bodies end as fast as they are sent.
UPLOAD_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Room:
    """What may be inside at once: inputs accepted and not answered, and bytes of request bodies."""

    items: int
    nbytes: int


class Admission:
    """Counts what is inside and refuses the rest at once; all methods are safe from any thread.

    A request that is larger than the whole room is let in when it would be alone: it was within the
    limit of a single request, and would otherwise never be served.

    No client may hold more bytes than are free beside it (Choudhury and Hahne 1998, dynamic thresholds): one
    that sends slowly gets half of the room, two a third each, and there is always some for the next.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._items = 0
        self._nbytes = 0
        self._held: Counter[str] = Counter()
        self._visits = 0
        self._pace = Pace()
        self._changed = threading.Condition()

    @property
    def items(self) -> int:
        """Inputs inside."""
        return self._items

    def enter(self, nbytes: int, client: str = "") -> None:
        """Begin a client's visit that brings a body of `nbytes` bytes (0 when not known yet).

        Raises:
            Overloaded: the room is full of inputs or of bytes.
        """
        with self._changed:
            self._refuse_when_full(1)
            self._take_bytes(nbytes, client)
            self._visits += 1

    def grow(self, nbytes: int, client: str = "") -> None:
        """Count further bytes of a body whose length was not declared.

        Raises:
            Overloaded: the room has no place for them.
        """
        with self._changed:
            self._take_bytes(nbytes, client)

    def admit(self, items: int) -> None:
        """Count inputs in.

        Raises:
            Overloaded: with `retry_after` from the measured pace.
        """
        with self._changed:
            self._refuse_when_full(items)
            if not self._items:
                self._pace.began()
            self._items += items

    def release(self, items: int, *, answered: bool = True) -> None:
        """Count inputs out; their caller has its answer or has gone."""
        with self._changed:
            self._items -= items
            if answered:
                self._pace.left(items)
            if not self._items:
                self._pace.rested()

    def leave(self, nbytes: int, client: str = "") -> None:
        """End a client's visit that held `nbytes` bytes."""
        with self._changed:
            self._nbytes -= nbytes
            self._held[client] -= nbytes
            if not self._held[client]:
                del self._held[client]
            self._visits -= 1
            self._changed.notify_all()

    def wait_until_empty(self, seconds: float) -> bool:
        """Wait until no visit is left; False when the time ran out first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._visits == 0, timeout=seconds)

    def retry_after(self, items: int) -> float:
        """Seconds until `items` more inputs should find room at the measured pace."""
        surplus = max(1, self._items + items - self._room.items)
        return retry_after(surplus * self._pace.seconds)

    def _refuse_when_full(self, items: int) -> None:
        if self._items and self._items + items > self._room.items:
            wait = self.retry_after(items)
            raise _overloaded(f"{self._items} inputs are waiting", wait, limit=self._room.items)

    def _take_bytes(self, nbytes: int, client: str) -> None:
        held = self._held[client] + nbytes
        free = self._room.nbytes - self._nbytes - nbytes
        if self._nbytes and nbytes and held > free:
            told = (
                f"{self._nbytes // 2**20} MiB of requests are being read, {held // 2**20} MiB of this client"
            )
            raise _overloaded(told, max(UPLOAD_SECONDS, self.retry_after(1)))
        self._nbytes += nbytes
        self._held[client] = held


def _overloaded(why: str, wait: float, limit: int | None = None) -> Overloaded:
    return Overloaded(
        f"The service has as much work as it accepts: {why}.",
        retry_after=wait,
        limit=limit,
        remedy=in_words(wait),
    )
