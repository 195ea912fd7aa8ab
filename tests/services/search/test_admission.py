import asyncio
import threading
import time

import pytest
from tests.waiting import PATIENCE

from pinakes.core.errors import NotFound, NotReady, Overloaded
from pinakes.services.search.admission import Room
from pinakes.services.search.metrics import SharedMetrics


@pytest.fixture
def metrics() -> SharedMetrics:
    return SharedMetrics()


def counted(metrics: SharedMetrics, outcome: str) -> float:
    value = metrics.registry.get_sample_value(
        "pinakes_search_requests_total", {"kind": "search", "outcome": outcome}
    )
    return value or 0.0


def test_work_beyond_the_room_is_refused(metrics: SharedMetrics) -> None:
    room, gate = Room("search", 2, metrics), threading.Event()

    async def three() -> list[object]:
        waiting = [asyncio.create_task(room.run(lambda: gate.wait(PATIENCE))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded) as refused:
            await room.run(lambda: True)
        assert refused.value.retry_after > 0
        gate.set()
        return await asyncio.gather(*waiting)

    assert asyncio.run(three()) == [True, True]
    assert (counted(metrics, "ok"), counted(metrics, "overloaded")) == (2, 1)


def test_work_that_fails_makes_room_again(metrics: SharedMetrics) -> None:
    room = Room("search", 1, metrics)

    def failing() -> None:
        raise NotFound("gone")

    for _ in range(3):
        with pytest.raises(NotFound):
            asyncio.run(room.run(failing))
    assert counted(metrics, "not-found") == 3


def test_what_was_taken_is_finished_before_the_end_and_nothing_else_is_taken(metrics: SharedMetrics) -> None:
    room, gate, began = Room("search", 2, metrics), threading.Event(), threading.Event()
    done: list[bool] = []

    def work() -> None:
        began.set()
        done.append(gate.wait(PATIENCE))

    async def taking() -> None:
        await room.run(work)

    working = threading.Thread(target=lambda: asyncio.run(taking()))
    working.start()
    assert began.wait(PATIENCE)
    draining = threading.Thread(target=room.drain, args=(time.monotonic() + 10,))
    draining.start()
    while not room.draining:
        time.sleep(0.001)
    with pytest.raises(NotReady):
        asyncio.run(room.run(lambda: None))
    assert draining.is_alive()
    gate.set()
    draining.join(PATIENCE)
    working.join(PATIENCE)
    assert done == [True]


def test_who_waits_for_work_that_does_not_end_is_told_to_come_again(metrics: SharedMetrics) -> None:
    room, gate, began = Room("search", 1, metrics), threading.Event(), threading.Event()
    told: list[Exception] = []

    def work() -> None:
        began.set()
        gate.wait(PATIENCE)

    async def waiting() -> None:
        try:
            await room.run(work)
        except NotReady as error:
            told.append(error)

    working = threading.Thread(target=lambda: asyncio.run(waiting()))
    working.start()
    assert began.wait(PATIENCE)
    room.drain(time.monotonic() + 0.05)
    working.join(PATIENCE)
    assert "again" in told[0].remedy
    gate.set()
