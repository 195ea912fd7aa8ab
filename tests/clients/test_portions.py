import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.clients.portions import Portion, attempt, portions, portions_of
from pinakes.core.errors import InvalidRequest, ServiceUnavailable


@given(st.lists(st.binary(max_size=40)), st.integers(1, 8), st.integers(1, 60))
def test_whatever_is_cut_is_whole_in_order_and_bounded(items: list[bytes], most: int, max_bytes: int) -> None:
    cut = list(portions(items, most, len, max_bytes=max_bytes))
    assert [item for portion in cut for item in portion.items] == items
    for portion in cut:
        assert 1 <= len(portion.items) <= most
        assert list(portion.items) == items[portion.start : portion.start + len(portion.items)]
        assert len(portion.items) == 1 or sum(map(len, portion.items)) <= max_bytes


def test_no_more_is_read_than_the_portion_and_the_item_that_ends_it() -> None:
    read = 0

    def items() -> Iterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"x"

    cut = portions(items(), 10, len)
    next(cut)
    assert read == 11


def test_what_comes_asynchronously_is_cut_alike() -> None:
    async def items() -> AsyncIterator[bytes]:
        for number in range(25):
            yield b"%d" % number

    async def run() -> list[int]:
        return [len(portion.items) async for portion in portions_of(items(), 10, len)]

    assert asyncio.run(run()) == [10, 10, 5]


def cut() -> Iterator[Portion[int]]:
    return portions(range(100), 10, lambda _item: 1)


def test_what_was_answered_is_kept_when_the_service_goes() -> None:
    async def ask(items: Sequence[int]) -> list[int]:
        await asyncio.sleep(0.01 if items[0] == 30 else 0)
        if items[0] == 20:
            raise ServiceUnavailable("gone")
        return [-item for item in items]

    made = asyncio.run(attempt(cut(), 100, ask, at_once=2))
    assert str(made.error) == "gone"
    assert made.outcomes[:20] == [-number for number in range(20)]
    assert made.outcomes[20:30] == [None] * 10
    assert made.outcomes[30:40] == [-number for number in range(30, 40)]  # in flight, and waited for
    assert made.outcomes[40:] == [None] * 60
    with pytest.raises(ServiceUnavailable, match="gone"):
        made.complete()


def test_a_fault_that_is_not_the_services_ends_everything() -> None:
    ended = []

    async def ask(items: Sequence[int]) -> list[int]:
        if items[0] == 20:
            raise InvalidRequest("nonsense")
        try:
            await asyncio.sleep(0 if items[0] < 20 else 60)
        except asyncio.CancelledError:
            ended.append(items[0])
            raise
        return list(items)

    with pytest.raises(InvalidRequest):
        asyncio.run(attempt(cut(), 100, ask, at_once=4))
    assert ended
