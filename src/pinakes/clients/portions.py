"""Work cut into requests: so many items and bytes at a time, several at once, and all that was done kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pinakes.core.errors import PinakesError, ProtocolViolation, ServiceUnavailable

#: Most bytes in one request, unless a single item is larger.
MAX_BYTES = 32 * 2**20

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Portion(Generic[Item]):
    """Items that are asked in one request, and the place of the first of them in the whole."""

    start: int
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Outcome]):
    """What came of many items: an outcome each, None where no service answered, and then why."""

    outcomes: list[Outcome | None]
    error: PinakesError | None

    def complete(self) -> list[Outcome]:
        """Return all outcomes, or raise why there are not all."""
        if self.error is not None:
            raise self.error
        return [outcome for outcome in self.outcomes if outcome is not None]


def portions(
    items: Iterable[Item], most: int, size: Callable[[Item], int], *, max_bytes: int = MAX_BYTES
) -> Iterator[Portion[Item]]:
    """Cut items into runs of at most `most` and `max_bytes`; a larger item goes alone.

    Reads no further ahead than the run it yields and one item.
    """
    held: list[Item] = []
    nbytes = start = 0
    for item in items:
        if held and (len(held) == most or nbytes + size(item) > max_bytes):
            yield Portion(start, held)
            start, held, nbytes = start + len(held), [], 0
        held.append(item)
        nbytes += size(item)
    if held:
        yield Portion(start, held)


async def portions_of(
    items: Iterable[Item] | AsyncIterable[Item], most: int, size: Callable[[Item], int]
) -> AsyncIterator[Portion[Item]]:
    """Cut items that come synchronously or asynchronously; see `portions`."""
    if not isinstance(items, AsyncIterable):
        for portion in portions(items, most, size):
            yield portion
        return
    held: list[Item] = []
    async for item in items:
        *whole, last = portions([*held, item], most, size)
        for portion in whole:
            yield portion
        held = list(last.items)
    if held:
        yield Portion(0, held)


async def attempt(
    cut: Iterator[Portion[Item]],
    count: int,
    ask: Callable[[Sequence[Item]], Awaitable[list[Outcome]]],
    *,
    at_once: int,
) -> Attempt[Outcome]:
    """Ask portion by portion, `at_once` of them in flight, until all are answered or no service answers.

    What was answered before is kept, and what was in flight is waited for.

    Raises:
        PinakesError: anything but that the service is away or something else; what is in flight is cancelled.
    """
    outcomes: list[Outcome | None] = [None] * count
    lost: list[PinakesError] = []

    async def work() -> None:
        for portion in cut:  # one iterator for all: each portion goes to whoever comes first
            try:
                found = await ask(portion.items)
            except (ServiceUnavailable, ProtocolViolation) as error:
                lost.append(error)
            else:
                outcomes[portion.start : portion.start + len(found)] = found
            if lost:
                return

    await together(work() for _ in range(max(1, at_once)))
    return Attempt(outcomes, lost[0] if lost else None)


async def together(works: Iterable[Awaitable[None]]) -> None:
    """Await all; the first to fail cancels the others, and its own error comes out."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
