"""Shares, classes and ageing: who is served next, whatever the order in which they came."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.types import Task
from pinakes.serving.fairness import AGEING_SECONDS, SWEEP_FROM, FairQueue, Shares
from pinakes.serving.request import Priority, Request, Work


@dataclass(frozen=True)
class Entry:
    request: Request
    name: str


def entry(
    client: str, name: str = "", *, priority: Priority = Priority.NORMAL, deadline: float = 1e9
) -> Entry:
    work = Work(Task.IMAGE_EMBEDDING, [b""], 1.0, priority=priority, client=client)
    return Entry(Request(work, deadline=deadline), name or client)


def order(queue: FairQueue[Entry], now: float = 0.0) -> list[str]:
    taken = []
    while (popped := queue.pop(now)) is not None:
        taken.append(popped.name)
    return taken


def test_clients_take_turns() -> None:
    queue: FairQueue[Entry] = FairQueue(Shares())
    for number in range(3):
        queue.push(entry("a", f"a{number}"), cost=1, now=0)
    for number in range(3):
        queue.push(entry("b", f"b{number}"), cost=1, now=0)
    assert order(queue) == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_who_comes_anew_goes_before_a_round_of_those_who_have_been_here_all_along() -> None:
    queue: FairQueue[Entry] = FairQueue(Shares())
    for number in range(2 * 8):
        queue.push(entry(f"busy {number % 8}"), cost=1, now=0)
    for _ in range(9):
        queue.pop(0)
    queue.push(entry("new"), cost=1, now=0)
    assert order(queue)[0] == "new"


def test_the_first_is_what_is_taken_next() -> None:
    queue: FairQueue[Entry] = FairQueue(Shares())
    assert queue.first(0) is None
    for name, priority in (("bulk", Priority.BULK), ("urgent", Priority.INTERACTIVE)):
        queue.push(entry(name, priority=priority), cost=1, now=0)
    assert queue.clients() == {"bulk", "urgent"}
    while (first := queue.first(0)) is not None:
        assert queue.pop(0) is first
    assert not queue.clients()


def test_who_costs_more_is_served_less_often() -> None:
    queue: FairQueue[Entry] = FairQueue(Shares())
    for _ in range(4):
        queue.push(entry("large"), cost=3, now=0)
    for _ in range(12):
        queue.push(entry("small"), cost=1, now=0)
    assert order(queue)[:8].count("large") == 2


def test_who_was_away_has_saved_nothing_up() -> None:
    shares = Shares()
    queue: FairQueue[Entry] = FairQueue(shares)
    for _ in range(50):
        queue.push(entry("steady"), cost=1, now=0)
        queue.pop(0)
    for number in range(3):
        queue.push(entry("new", f"new{number}"), cost=1, now=0)
        queue.push(entry("steady", f"steady{number}"), cost=1, now=0)
    assert order(queue) == ["new0", "steady0", "new1", "steady1", "new2", "steady2"]


def test_bulk_work_that_waited_is_as_urgent_as_any() -> None:
    queue: FairQueue[Entry] = FairQueue(Shares())
    queue.push(entry("bulk", priority=Priority.BULK), cost=1, now=0)
    late = 2.5 * AGEING_SECONDS
    queue.push(entry("person", priority=Priority.INTERACTIVE), cost=1, now=late)
    assert order(queue, now=late)[0] == "bulk"


def test_one_client_is_served_by_deadline_where_it_does_not_wait_for_itself() -> None:
    queue: FairQueue[Entry] = FairQueue(Shares())
    queue.push(entry("a", "later", deadline=20), cost=0, now=0)
    queue.push(entry("a", "sooner", deadline=10), cost=0, now=0)
    assert order(queue) == ["sooner", "later"]


def test_those_who_have_gone_are_swept_out() -> None:
    queue: FairQueue[Entry] = FairQueue(Shares())
    for _ in range(3 * SWEEP_FROM):
        gone = entry("gone")
        queue.push(gone, cost=1, now=0)
        gone.request.future.cancel()
    assert len(queue) <= SWEEP_FROM
    assert queue.urgency(0) is None
    assert len(queue) == 0


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(list(Priority)), st.integers(1, 9)), max_size=60
    )
)
def test_everything_that_comes_goes_once(pushed: list[tuple[str, Priority, int]]) -> None:
    queue: FairQueue[Entry] = FairQueue(Shares())
    for number, (client, priority, cost) in enumerate(pushed):
        queue.push(entry(client, str(number), priority=priority), cost=cost, now=number)
    assert sorted(order(queue, now=60), key=int) == [str(number) for number in range(len(pushed))]


@given(st.integers(2, 6), st.integers(1, 200))
def test_no_client_waits_for_more_than_one_turn_of_each_other(clients: int, queued: int) -> None:
    queue: FairQueue[Entry] = FairQueue(Shares())
    for number in range(clients - 1):
        for _ in range(queued):
            queue.push(entry(f"bulk {number}"), cost=1, now=0)
    queue.push(entry("one"), cost=1, now=0)
    assert order(queue).index("one") <= clients - 1


@pytest.mark.parametrize("count", [5000])
def test_clients_that_owe_nothing_are_forgotten(count: int) -> None:
    shares = Shares()
    for number in range(count):
        shares.served(shares.begin(f"client {number}", 1)[0])
        shares.served(number + 1)
    assert len(shares._ends) <= 1026
