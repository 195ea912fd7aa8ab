"""One server of a fleet: what it serves, whether it can be asked, and how long an answer takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pinakes.clients.exchange import Dialogue, Told
from pinakes.clients.protocols.base import Dialect, Served
from pinakes.clients.transport import Transport

#: Weight of the newest answer in the running mean of the time an item takes.
NEWEST = 0.3

#: Time an item is taken to need before anything is known, seconds; small, so that new members are tried.
UNKNOWN = 1e-4

#: Time in which half of what was measured is forgotten while a member is not asked, seconds.
HALF_LIFE = 10.0

#: Time a member may take to say what it serves, seconds; some have to embed a picture for it.
LOOK_SECONDS = 10.0


class State(StrEnum):
    """Whether a member can be asked."""

    JOINING = "joining"
    SERVING = "serving"
    LOADING = "loading"
    AWAY = "away"
    REFUSED = "refused"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class MemberHealth:
    """What a client knows of one service: its URL, state, why it is not serving, its model's key."""

    url: str
    state: State
    why: str
    model: str
    in_flight: int
    seconds_per_item: float


class Member:
    """A server, its connections and its record; all of it belongs to one event loop.

    Attributes:
        state: whether it can be asked.
        why: why it is not serving, a sentence.
        served: what it said it serves, once it did.
        failures: times in a row that it did not answer.
        resting_until: `time.monotonic` before which it asked to be left alone.
    """

    def __init__(self, transport: Transport, dialect: Dialect) -> None:
        self._transport = transport
        self.dialect = dialect
        self.state = State.JOINING
        self.why = ""
        self.served: Served | None = None
        self.failures = 0
        self.resting_until = 0.0
        self._items_in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._seconds_per_item = 0.0
        self._answered_at = 0.0

    @property
    def url(self) -> str:
        """Where it is."""
        return self._transport.base_url

    def wait(self, items: int) -> tuple[float, int]:
        """Expected time until so many more items are answered, seconds; ties go to the idler."""
        idle = time.monotonic() - self._answered_at
        forgotten: float = 0.5 ** (idle / HALF_LIFE)
        each = max(UNKNOWN, self._seconds_per_item * forgotten)
        return (self._items_in_flight + items) * each, self._items_in_flight

    async def look(self) -> Served:
        """Ask what it serves, within a short time."""
        seconds = min(LOOK_SECONDS, self._transport.seconds)
        self.served = await self._transport.converse(self.dialect, self.dialect.look(), seconds)
        return self.served

    async def ping(self, seconds: float) -> None:
        """Ask for a sign of life, or raise `ServiceUnavailable`."""
        await self._transport.converse(self.dialect, self.dialect.ping(), seconds)

    async def ask(self, question: Callable[[Dialect], Dialogue[Told]], items: int) -> Told:
        """Carry out one question about so many items, counted and timed."""
        self._items_in_flight += items
        self._idle.clear()
        started = time.monotonic()
        try:
            told = await self._transport.converse(self.dialect, question(self.dialect))
            self._remember((time.monotonic() - started) / items)
            return told
        except asyncio.CancelledError:
            # Somebody else answered first: this one takes at least as long as it was given.
            self._remember(max(self._seconds_per_item, (time.monotonic() - started) / items))
            raise
        finally:
            self._items_in_flight -= items
            if not self._items_in_flight:
                self._idle.set()

    def _remember(self, seconds: float) -> None:
        known = self._seconds_per_item
        self._seconds_per_item = seconds if not known else known + NEWEST * (seconds - known)
        self._answered_at = time.monotonic()

    def health(self) -> MemberHealth:
        """What is known of it now."""
        model = self.served.identity.key if self.served else ""
        return MemberHealth(
            self.url, self.state, self.why, model, self._items_in_flight, self._seconds_per_item
        )

    async def leave(self) -> None:
        """Let it finish what it was asked, which takes no longer than an exchange may, and close."""
        self.state = State.LEFT
        await self._idle.wait()
        await self.close()

    async def close(self) -> None:
        """Close its connections."""
        await self._transport.close()
