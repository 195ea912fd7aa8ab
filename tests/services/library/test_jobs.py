import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.commands import until

from pinakes.core.errors import DiskFull, NotFound, Overloaded
from pinakes.services.library import jobs as module
from pinakes.services.library.jobs import Job, Jobs, State


class Gate:
    """Work that says when it runs, and goes on when it is let."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self, job: Job) -> dict[str, Any]:
        self.entered.set()
        while not self.open.wait(0.01):
            job.advance("waiting", 1, 2)
        return {"answer": 42}


@pytest.fixture
def ended() -> list[Job]:
    return []


@pytest.fixture
def jobs(ended: list[Job]) -> Iterator[Jobs]:
    made = Jobs(ended=ended.append)
    made.start()
    yield made
    made.close(5)


def job(name: str, work: Callable[[Job], dict[str, Any]]) -> Job:
    return Job(name, "scan", {}, work)


def test_one_runs_and_the_rest_wait_their_turn(jobs: Jobs, ended: list[Job]) -> None:
    gate, order = Gate(), list[str]()
    first = jobs.submit(job("first", gate))
    rest = [jobs.submit(job(name, lambda job: order.append(job.id) or {})) for name in ("b", "a")]
    assert gate.entered.wait(5)
    assert [entry.state for entry in (first, *rest)] == [State.RUNNING, State.QUEUED, State.QUEUED]
    gate.open.set()
    until(lambda: len(ended) == 3)
    assert order == ["b", "a"]
    assert first.result == {"answer": 42}
    assert {entry.state for entry in ended} == {State.SUCCEEDED}


def test_a_failure_is_the_jobs_own(jobs: Jobs, ended: list[Job]) -> None:
    def full(_: Job) -> dict[str, Any]:
        raise DiskFull("Full.", remedy="Free some.")

    def broken(_: Job) -> dict[str, Any]:
        raise RuntimeError("secret")

    for work in (full, broken, lambda _: {}):
        jobs.submit(job(str(work), work))
    until(lambda: len(ended) == 3)
    assert [entry.state for entry in ended] == [State.FAILED, State.FAILED, State.SUCCEEDED]
    assert isinstance(ended[0].error, DiskFull)
    assert "secret" not in str(ended[1].error)


def test_a_running_job_is_cancelled_at_its_next_progress(jobs: Jobs, ended: list[Job]) -> None:
    gate = Gate()
    running = jobs.submit(job("running", gate))
    assert gate.entered.wait(5)
    jobs.cancel(running)
    until(lambda: ended)
    assert running.state is State.CANCELLED
    assert running.finished_at is not None


def test_a_waiting_job_is_cancelled_at_once(jobs: Jobs, ended: list[Job]) -> None:
    gate = Gate()
    jobs.submit(job("running", gate))
    waiting = jobs.submit(job("waiting", gate))
    jobs.cancel(waiting)
    assert waiting.state is State.CANCELLED
    gate.open.set()
    until(lambda: len(ended) == 2)
    assert waiting.started_at is None


def test_the_queue_is_bounded(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    gate = Gate()
    jobs.submit(job("running", gate))
    assert gate.entered.wait(5)
    for name in "ab":
        jobs.submit(job(name, gate))
    with pytest.raises(Overloaded) as refused:
        jobs.submit(job("c", gate))
    assert refused.value.retry_after > 0
    gate.open.set()


def test_what_waits_already_is_not_doubled(jobs: Jobs, ended: list[Job]) -> None:
    gate = Gate()
    first = jobs.submit(job("same", gate))
    assert jobs.submit(job("same", gate)) is first
    gate.open.set()
    until(lambda: ended)
    assert jobs.submit(job("same", gate)) is not first


def test_only_the_last_that_ended_are_remembered(
    jobs: Jobs, ended: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_REMEMBERED", 2)
    for number in range(4):
        jobs.submit(job(str(number), lambda _: {}))
        until(lambda: len(ended) > number)  # noqa: B023 - called at once
    jobs.submit(job("last", lambda _: {}))
    assert [entry.id for entry in jobs.all("scan")] == ["last", "3", "2"]
    with pytest.raises(NotFound):
        jobs.get("scan", "0")


def test_closing_cancels_everything_and_takes_no_more(jobs: Jobs, ended: list[Job]) -> None:
    gate = Gate()
    submitted = [jobs.submit(job(name, gate)) for name in "ab"]
    assert gate.entered.wait(5)
    jobs.close(5)
    assert [entry.state for entry in submitted] == [State.CANCELLED, State.CANCELLED]
    with pytest.raises(Overloaded):
        jobs.submit(job("c", gate))


def test_rate_and_remaining_time() -> None:
    running = job("a", lambda _: {})
    assert (running.rate, running.remaining_seconds) == (0.0, None)
    running.move(State.RUNNING)
    running._phase_began -= 10
    running.phase = "scanning"
    running.advance("scanning", 50, 100)
    assert running.rate == pytest.approx(5, rel=0.1)
    assert running.remaining_seconds == pytest.approx(10, rel=0.1)
    running.advance("scanning", 50)
    assert running.remaining_seconds is None
