from dataclasses import replace

import pytest

from pinakes.jobs.job import Job, State
from pinakes.jobs.rate import Rate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_is_that_of_the_last_half_minute() -> None:
    clock = Clock()
    rate = Rate(clock)
    rate.begin(0)
    done = 0
    for step in range(100):
        clock.now += 1
        done += 1000 if step == 0 else 2  # what was done already is skipped at once
        now = rate.note(done)
    assert now == pytest.approx(2)


def test_a_new_phase_begins_anew() -> None:
    clock = Clock()
    rate = Rate(clock)
    rate.begin(0)
    clock.now += 10
    assert rate.note(50) == pytest.approx(5)
    rate.begin(0)
    clock.now += 2
    assert rate.note(4) == pytest.approx(2)
    assert rate.note(0) == 0.0


def test_the_time_that_remains_is_known_while_something_moves() -> None:
    job = Job("a", "scan", {}, State.RUNNING, done=50, total=100, rate=5.0)
    assert job.remaining_seconds == pytest.approx(10)
    for other in ({"total": None}, {"rate": 0.0}, {"waiting_for": "It."}, {"state": State.PAUSED}):
        assert replace(job, **other).remaining_seconds is None  # type: ignore[arg-type]
