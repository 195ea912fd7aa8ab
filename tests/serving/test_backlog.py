"""Nobody is let in only to run out of time inside; by fair shares, not by the whole queue."""

import time

import pytest

from pinakes.core.errors import Overloaded
from pinakes.core.types import Task
from pinakes.serving.backlog import EXPECTED_SHARE, Backlog
from pinakes.serving.request import Priority, Request, Work

#: Seconds that every input of these tests takes.
PACE = 0.02


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in the tests' hands."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def paced(now: list[float]) -> Backlog:
    """A backlog whose pace was measured, with nobody inside."""
    backlog, first = Backlog(), request("first")
    backlog.admit(first, 100, seconds=1e9)
    first.future.set_result([])
    now[0] += 100 * PACE
    backlog.leave(first, 100)
    return backlog


def request(client: str, *, priority: Priority = Priority.NORMAL) -> Request:
    return Request(Work(Task.IMAGE_EMBEDDING, [b""], 1.0, priority=priority, client=client), deadline=1e9)


def full(
    now: list[float], client: str = "bulk", *, items: int = 1000, priority: Priority = Priority.NORMAL
) -> Backlog:
    backlog = paced(now)
    backlog.admit(request(client, priority=priority), items, seconds=1e9)
    return backlog


def test_what_cannot_be_done_in_time_is_refused_with_the_time_to_wait(now: list[float]) -> None:
    backlog = full(now, items=100)
    with pytest.raises(Overloaded) as caught:
        backlog.admit(request("bulk"), 1, seconds=1.0)
    assert caught.value.retry_after == pytest.approx(101 * PACE - EXPECTED_SHARE)
    backlog.admit(request("bulk"), 1, seconds=10.0)


def test_what_is_foreseen_to_be_late_is_what_would_not_be_admitted(now: list[float]) -> None:
    backlog = full(now, items=100)
    with pytest.raises(Overloaded) as caught:
        backlog.foresee(Priority.NORMAL, "bulk", 1.0)
    assert caught.value.retry_after == pytest.approx(101 * PACE - EXPECTED_SHARE)
    backlog.foresee(Priority.NORMAL, "bulk", 10.0)
    backlog.foresee(Priority.INTERACTIVE, "bulk", 1.0)
    backlog.foresee(Priority.NORMAL, "person", 1.0)


def test_a_large_backlog_of_one_client_leaves_room_for_another(now: list[float]) -> None:
    backlog = full(now, "bulk")
    backlog.admit(request("person"), 1, seconds=1.0)


def test_many_clients_take_turns_and_are_counted(now: list[float]) -> None:
    backlog = paced(now)
    for number in range(60):
        backlog.admit(request(f"client {number}"), 1, seconds=10.0)
    with pytest.raises(Overloaded):
        backlog.admit(request("one more"), 1, seconds=1.0)


def test_the_urgent_do_not_wait_for_bulk_work(now: list[float]) -> None:
    backlog = full(now, items=1000, priority=Priority.BULK)
    backlog.admit(request("bulk", priority=Priority.INTERACTIVE), 8, seconds=1.0)
    with pytest.raises(Overloaded):
        backlog.admit(request("bulk", priority=Priority.BULK), 1, seconds=1.0)


def test_a_request_that_would_be_alone_is_always_tried(now: list[float]) -> None:
    paced(now).admit(request("one"), 10_000, seconds=0.001)


def test_who_has_left_is_not_counted(now: list[float]) -> None:
    backlog = paced(now)
    first = request("bulk")
    backlog.admit(first, 1000, seconds=1e9)
    first.future.cancel()
    backlog.leave(first, 1000)
    backlog.admit(request("bulk"), 1, seconds=0.1)


def test_while_nothing_was_measured_everybody_is_let_in() -> None:
    backlog = Backlog()
    backlog.admit(request("bulk"), 1000, seconds=1e9)
    backlog.admit(request("bulk"), 1, seconds=0.001)
