import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event
from tests.jobs.conftest import Gate
from tests.waiting import until

from pinakes.core.errors import DiskFull, NotFound, Overloaded, WrongState
from pinakes.jobs import rows, runner, table
from pinakes.jobs.job import Job, State
from pinakes.jobs.runner import Jobs, Kind
from pinakes.jobs.steering import Steering
from pinakes.jobs.turn import Turn


@pytest.fixture
def ended() -> list[Job]:
    return []


@pytest.fixture
def jobs(engine: Engine, gate: Gate, ended: list[Job], monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """Jobs of the kind `gate`, of `nothing`, and of `other` in a lane of its own."""
    monkeypatch.setattr(runner, "BEAT_SECONDS", 0.05)
    kinds = {"gate": Kind(gate), "nothing": Kind(lambda _: {}), "other": Kind(lambda _: {}, lane="other")}
    made = Jobs(engine, kinds, ended=ended.append)
    made.start()
    yield made
    made.close(10)


def after(jobs: Jobs, job: Job, *states: State) -> Job:
    """The job once it is in one of some states."""

    def there() -> Job | None:
        now = jobs.get(job.id)
        return now if now.state in states else None

    found: Job = until(there, f"{job.kind} {states}")
    return found


def test_one_of_a_lane_runs_and_the_rest_wait_their_turn(jobs: Jobs, gate: Gate, ended: list[Job]) -> None:
    first = jobs.submit("gate", {})
    gate.wait()
    rest = [jobs.submit("nothing", {"number": number}) for number in range(2)]
    assert [jobs.get(job.id).state for job in (first, *rest)] == [State.RUNNING, State.QUEUED, State.QUEUED]
    gate.open.set()
    until(lambda: len(ended) == 3)
    assert [job.id for job in ended] == [first.id, *(job.id for job in rest)]
    assert jobs.get(first.id).result == {"answer": 42}
    assert {jobs.get(job.id).state for job in ended} == {State.SUCCEEDED}


def test_another_lane_does_not_wait(jobs: Jobs, gate: Gate) -> None:
    jobs.submit("gate", {})
    gate.wait()
    after(jobs, jobs.submit("other", {}), State.SUCCEEDED)


def test_a_failure_is_the_jobs_own(engine: Engine) -> None:
    def full(_: Turn) -> dict[str, Any]:
        raise DiskFull("Full.", remedy="Free some.")

    def broken(_: Turn) -> dict[str, Any]:
        raise RuntimeError("secret")

    jobs = Jobs(engine, {"full": Kind(full), "broken": Kind(broken), "fine": Kind(lambda _: {})})
    jobs.start()
    try:
        submitted = [jobs.submit(kind, {}) for kind in ("full", "broken", "fine")]
        found = [after(jobs, job, State.SUCCEEDED, State.FAILED) for job in submitted]
    finally:
        jobs.close(10)
    assert [job.state for job in found] == [State.FAILED, State.FAILED, State.SUCCEEDED]
    assert found[0].error == {"code": "disk-full", "detail": "Full.", "remedy": "Free some."}
    assert "secret" not in str(found[1].error)


def test_progress_is_written_while_the_work_goes_on(jobs: Jobs, gate: Gate, engine: Engine) -> None:
    job = jobs.submit("gate", {})
    gate.wait()
    other = Jobs(engine, {})  # as another process sees it
    seen = until(lambda: found if (found := other.get(job.id)).phase else None)
    assert (seen.state, seen.phase, seen.done, seen.total) == (State.RUNNING, "waiting", 1, 2)
    gate.open.set()


def test_a_running_job_is_cancelled_at_its_next_word(jobs: Jobs, gate: Gate, ended: list[Job]) -> None:
    job = jobs.submit("gate", {})
    gate.wait()
    jobs.cancel(job.id)
    cancelled = after(jobs, job, State.CANCELLED)
    assert cancelled.finished_at is not None
    until(lambda: [entry.id for entry in ended] == [job.id])
    assert jobs.cancel(job.id).state is State.CANCELLED


def test_a_waiting_job_is_cancelled_at_once(jobs: Jobs, gate: Gate, ended: list[Job]) -> None:
    jobs.submit("gate", {})
    gate.wait()
    waiting = jobs.submit("gate", {})
    assert jobs.cancel(waiting.id).state is State.CANCELLED
    assert jobs.get(waiting.id).started_at is None
    assert [job.id for job in ended] == [waiting.id]


@pytest.mark.parametrize("act", ["pause", "cancel"])
def test_what_was_stopped_is_resumed_from_what_was_asked(jobs: Jobs, gate: Gate, act: str) -> None:
    job = jobs.submit("gate", {"asked": 1})
    gate.wait()
    getattr(jobs, act)(job.id)
    after(jobs, job, State.PAUSED, State.CANCELLED)
    jobs.resume(job.id)
    gate.wait()
    gate.open.set()
    done = after(jobs, job, State.SUCCEEDED)
    assert [turn.about for turn in gate.turns] == [{"asked": 1}, {"asked": 1}]
    assert done.runs == 2


def test_who_thinks_better_of_a_pause_loses_nothing(jobs: Jobs, gate: Gate) -> None:
    job = jobs.submit("gate", {})
    gate.wait()
    jobs.pause(job.id)
    jobs.resume(job.id)
    gate.open.set()
    after(jobs, job, State.SUCCEEDED)


def test_a_job_of_another_process_is_stopped_through_its_row(jobs: Jobs, gate: Gate, engine: Engine) -> None:
    job = jobs.submit("gate", {})
    gate.wait()
    Jobs(engine, {}).pause(job.id)
    after(jobs, job, State.PAUSED)


def test_a_retry_tries_again_what_was_refused(jobs: Jobs, gate: Gate) -> None:
    gate.open.set()
    job = after(jobs, jobs.submit("gate", {"asked": 1}), State.SUCCEEDED)
    jobs.retry(job.id)
    until(lambda: len(gate.turns) == 2)
    assert gate.turns[1].about == {"asked": 1, "again": True}


@pytest.mark.parametrize(
    ("state", "verb"), [("succeeded", "pause"), ("succeeded", "resume"), ("queued", "retry")]
)
def test_what_makes_no_sense_is_refused(engine: Engine, state: str, verb: str) -> None:
    own = table.JobTable(engine)
    job = own.add("gate", {})
    if state == "succeeded":
        claimed = own.claim(["gate"])
        assert claimed is not None
        own.end(claimed, State.SUCCEEDED)
    with pytest.raises(WrongState, match=state):
        getattr(Steering(engine), verb)(job.id)


def test_the_queue_is_bounded(jobs: Jobs, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_WAITING", 2)
    jobs.submit("gate", {})
    gate.wait()
    waiting = [jobs.submit("gate", {}) for _ in range(2)]
    with pytest.raises(Overloaded) as refused:
        jobs.submit("gate", {})
    assert refused.value.retry_after > 0
    jobs.cancel(waiting[0].id)
    jobs.submit("gate", {})


def test_what_waits_under_a_name_is_not_doubled(jobs: Jobs, gate: Gate) -> None:
    first = jobs.submit("gate", {}, "name")
    gate.wait()
    assert jobs.submit("gate", {}, "name").state is State.RUNNING
    gate.open.set()
    after(jobs, first, State.SUCCEEDED)
    again = jobs.submit("gate", {"other": 1}, "name")
    assert (again.about, again.result) == ({"other": 1}, {})
    until(lambda: len(gate.turns) == 2)


def test_what_was_asked_once_is_the_same_job_until_it_begins(jobs: Jobs, gate: Gate) -> None:
    running = jobs.submit("gate", {"folder": 1}, once=True)
    gate.wait()
    waiting = jobs.submit("gate", {"folder": 1}, once=True)
    assert waiting.id != running.id
    assert jobs.submit("gate", {"folder": 1}, once=True).id == waiting.id
    assert jobs.submit("gate", {"folder": 2}, once=True).id != waiting.id
    jobs.pause(waiting.id)
    resumed = jobs.submit("gate", {"folder": 1}, once=True)
    assert (resumed.id, resumed.state) == (waiting.id, State.QUEUED)


def test_jobs_are_listed_newest_first_and_old_ones_forgotten(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [after(jobs, jobs.submit("nothing", {}), State.SUCCEEDED).id for _ in range(3)]
    assert [job.id for job in jobs.page(limit=2)] == made[:0:-1]
    last = jobs.page(limit=2)[-1]
    assert [job.id for job in jobs.page(limit=2, before=(last.created_at, last.id))] == made[:1]
    assert jobs.page(limit=9, kinds=["gate"]) == jobs.page(limit=9, states=[State.FAILED]) == []
    monkeypatch.setattr(table, "MOST_REMEMBERED", 1)
    after(jobs, jobs.submit("nothing", {}), State.SUCCEEDED)
    assert len(jobs.page(limit=9)) == 2
    with pytest.raises(NotFound):
        jobs.get(made[0])
    with pytest.raises(NotFound, match="scan"):
        jobs.get(made[2], "scan")


def test_closing_leaves_everything_for_the_next_process(
    jobs: Jobs, gate: Gate, engine: Engine, ended: list[Job]
) -> None:
    running = jobs.submit("gate", {})
    gate.wait()
    waiting = jobs.submit("nothing", {})
    jobs.close(10)
    with pytest.raises(Overloaded):
        jobs.submit("nothing", {})
    following = Jobs(engine, {"gate": Kind(gate), "nothing": Kind(lambda _: {})})
    assert [following.get(job.id).state for job in (running, waiting)] == [State.QUEUED, State.QUEUED]
    assert ended == []
    gate.open.set()
    following.start()
    try:
        assert [after(following, job, State.SUCCEEDED).runs for job in (running, waiting)] == [2, 1]
    finally:
        following.close(10)


def test_what_breaks_while_its_process_ends_is_no_failure(engine: Engine) -> None:
    begun, closed = threading.Event(), threading.Event()

    def work(_: Turn) -> dict[str, Any]:
        begun.set()
        closed.wait(30)
        raise RuntimeError("What it needs was closed.")

    jobs = Jobs(engine, {"torn": Kind(work)})
    jobs.start()
    torn = jobs.submit("torn", {})
    assert begun.wait(30)
    jobs.close(0)
    closed.set()
    jobs.close(30)
    following = Jobs(engine, {"torn": Kind(lambda _: {})})
    assert following.get(torn.id).state is State.QUEUED
    following.start()
    after(following, torn, State.SUCCEEDED)
    following.close(10)


def test_only_the_job_that_is_wanted_is_begun(engine: Engine) -> None:
    jobs = Jobs(engine, {"nothing": Kind(lambda _: {})})
    left, wanted = jobs.submit("nothing", {}), jobs.submit("nothing", {})
    jobs.start(only=wanted.id)
    try:
        after(jobs, wanted, State.SUCCEEDED)
        assert jobs.get(left.id).state is State.QUEUED
    finally:
        jobs.close(10)


def test_many_runners_on_one_library_run_each_job_once(engine: Engine) -> None:
    ran: list[str] = []
    lock = threading.Lock()

    def work(turn: Turn) -> dict[str, Any]:
        with lock:
            ran.append(turn.job.id)
        return {}

    runners = [Jobs(engine, {"count": Kind(work)}) for _ in range(4)]
    submitted = [runners[0].submit("count", {"number": number}).id for number in range(24)]
    for each in runners:
        each.start()
    try:
        until(lambda: len(ran) >= 24 and not runners[0].page(limit=1, states=[State.QUEUED, State.RUNNING]))
    finally:
        for each in runners:
            each.close(10)
    assert sorted(ran) == sorted(submitted)


def test_a_disk_that_is_full_for_a_while_ends_no_lane(jobs: Jobs, gate: Gate, engine: Engine) -> None:
    job = jobs.submit("gate", {})
    gate.wait()
    refused = refuse_writes(engine)
    gate.open.set()
    until(lambda: refused.count >= 2)
    refused.stop()
    after(jobs, job, State.SUCCEEDED)


class refuse_writes:  # noqa: N801 - reads as what it does
    """Every update of a job fails until it is stopped."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.count = engine, 0
        event.listen(engine, "before_cursor_execute", self._refuse)

    def _refuse(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE jobs"):
            self.count += 1
            raise DiskFull("Full.")

    def stop(self) -> None:
        event.remove(self._engine, "before_cursor_execute", self._refuse)


def test_a_kind_that_this_process_cannot_do_waits_for_one_that_can(jobs: Jobs) -> None:
    job = jobs.submit("strange", {})
    after(jobs, jobs.submit("nothing", {}), State.SUCCEEDED)
    assert jobs.get(job.id).state is State.QUEUED
