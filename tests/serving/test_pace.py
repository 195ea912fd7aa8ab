"""Seconds per input, learned from departures while others wait."""

import time

import pytest

from pinakes.serving import pace
from pinakes.serving.pace import Pace, retry_after


def leave(pace_: Pace, now: list[float], *, items: int, every: float, times: int) -> None:
    for _ in range(times):
        now[0] += every
        pace_.left(items)


def test_it_follows_what_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    found = Pace()
    found.began()
    leave(found, now, items=8, every=0.8, times=60)
    assert found.seconds == pytest.approx(0.1, rel=0.01)


def test_idle_time_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    found = Pace()
    for _ in range(60):
        now[0] += 1000
        found.began()
        leave(found, now, items=10, every=1.0, times=1)
    assert found.seconds == pytest.approx(0.1, rel=0.01)


def test_quick_inputs_mend_a_pace_that_slow_ones_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    found = Pace()
    found.began()
    leave(found, now, items=1, every=5.0, times=20)
    assert found.seconds == pytest.approx(5.0)
    now[0] += 1000
    found.began()
    leave(found, now, items=75, every=0.08, times=1)
    found.rested()
    assert found.seconds < 0.01


def test_a_short_time_never_makes_the_pace_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    found = Pace()
    found.began()
    leave(found, now, items=100, every=1.0, times=20)
    found.began()
    leave(found, now, items=1, every=0.2, times=1)
    found.rested()
    assert found.seconds == pytest.approx(0.01)


def test_the_end_of_a_longer_time_is_no_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    found = Pace()
    found.began()
    leave(found, now, items=8, every=0.8, times=10)
    leave(found, now, items=8, every=0.001, times=1)  # a batch that was begun before
    found.rested()
    assert found.seconds == pytest.approx(0.1)


def test_what_a_caller_is_told_is_bounded() -> None:
    shortest, longest = pace.RETRY_AFTER_BOUNDS
    assert retry_after(0.0) == shortest
    assert retry_after(1e9) == longest
    assert retry_after(3.0) == 3.0
