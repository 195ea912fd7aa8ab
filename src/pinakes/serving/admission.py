"""The door of the engine: how much may be inside at once, and when to come back when it is full."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from pinakes.core.errors import Overloaded
from pinakes.serving.pace import Pace, in_words, retry_after


@dataclass(frozen=True, slots=True)
class Room:
    """What may be inside at once: inputs accepted and not answered, and bytes of request bodies."""

    items: int
    nbytes: int


class Admission:
    """Counts what is inside and refuses the rest at once; all methods are safe from any thread.

    A request that is larger than the whole room is let in when it would be alone: it was within the
    limit of a single request, and would otherwise never be served.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._items = 0
        self._nbytes = 0
        self._visits = 0
        self._pace = Pace()
        self._changed = threading.Condition()

    @property
    def items(self) -> int:
        """Inputs inside."""
        return self._items

    def enter(self, nbytes: int) -> None:
        """Begin a visit that brings a body of `nbytes` bytes (0 when not known yet).

        Raises:
            Overloaded: the room is full of inputs or of bytes.
        """
        with self._changed:
            self._refuse_when_full(1)
            self._take_bytes(nbytes)
            self._visits += 1

    def grow(self, nbytes: int) -> None:
        """Count further bytes of a body whose length was not declared.

        Raises:
            Overloaded: the room has no place for them.
        """
        with self._changed:
            self._take_bytes(nbytes)

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

    def leave(self, nbytes: int) -> None:
        """End a visit that held `nbytes` bytes."""
        with self._changed:
            self._nbytes -= nbytes
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
            raise self._overloaded(f"{self._items} inputs are waiting", items)

    def _take_bytes(self, nbytes: int) -> None:
        if self._nbytes and self._nbytes + nbytes > self._room.nbytes:
            raise self._overloaded(f"{self._nbytes // 2**20} MiB of requests are being read", 1)
        self._nbytes += nbytes

    def _overloaded(self, why: str, items: int) -> Overloaded:
        wait = self.retry_after(items)
        return Overloaded(
            f"The service has as much work as it accepts: {why}.",
            retry_after=wait,
            remedy=in_words(wait),
        )
