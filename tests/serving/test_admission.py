import time

import pytest

from pinakes.core.errors import Overloaded
from pinakes.serving.admission import Admission, Room


def admission(*, items: int = 4, nbytes: int = 100) -> Admission:
    return Admission(Room(items=items, nbytes=nbytes))


def test_pictures_are_counted_in_and_out() -> None:
    door = admission(items=4)
    door.admit(3)
    with pytest.raises(Overloaded):
        door.admit(2)
    door.release(3)
    door.admit(4)
    assert door.items == 4


def test_a_request_larger_than_the_room_is_let_in_alone() -> None:
    door = admission(items=4)
    door.admit(9)
    with pytest.raises(Overloaded):
        door.admit(1)


def test_a_full_room_refuses_before_a_body_is_read() -> None:
    door = admission(items=4)
    door.admit(4)
    with pytest.raises(Overloaded):
        door.enter(1)


def test_bytes_are_bounded_over_all_visits() -> None:
    door = admission(nbytes=100)
    door.enter(80, "large")
    with pytest.raises(Overloaded):
        door.enter(30, "other")
    door.enter(10, "other")
    with pytest.raises(Overloaded):
        door.grow(1, "other")
    door.leave(80, "large")
    door.leave(10, "other")
    door.enter(90, "new")


def test_one_client_cannot_fill_the_room_with_bodies_that_do_not_end() -> None:
    door = admission(nbytes=100)
    for _ in range(5):
        door.enter(10, "slow")
    with pytest.raises(Overloaded, match="of this client"):
        door.enter(10, "slow")
    with pytest.raises(Overloaded):
        door.grow(1, "slow")
    door.enter(25, "another")
    door.enter(12, "third")


def test_what_a_client_held_is_free_again_once_it_leaves() -> None:
    door = admission(nbytes=100)
    for _ in range(50):
        for client in ("one", "two"):
            door.enter(20, client)
        for client in ("one", "two"):
            door.grow(10, client)
            door.leave(30, client)
    assert not door._held


def test_retry_after_follows_the_measured_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    door = admission(items=10)
    door.admit(10)
    for _ in range(60):  # half a second an input
        now[0] += 2.0
        door.release(4)
        door.admit(4)
    assert door.retry_after(6) == pytest.approx(3.0, rel=0.01)
    with pytest.raises(Overloaded) as caught:
        door.admit(6)
    assert caught.value.retry_after == pytest.approx(3.0, rel=0.01)
    assert "Try again in 3 s" in caught.value.remedy
    assert caught.value.limit == 10


def test_who_goes_without_an_answer_does_not_quicken_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    door = admission(items=10)
    door.admit(10)
    before = door.retry_after(6)
    for _ in range(60):
        now[0] += 0.3
        door.release(4, answered=False)
        door.admit(4)
    assert door.retry_after(6) == before


def test_waiting_until_empty_sees_visits_end() -> None:
    door = admission()
    assert door.wait_until_empty(0)
    door.enter(5)
    assert not door.wait_until_empty(0.01)
    door.leave(5)
    assert door.wait_until_empty(0)
