import time

import pytest

from pinakes.core.errors import DiskFull, NotReady, PinakesError, ServiceUnavailable, StateBusy
from pinakes.jobs import patience
from pinakes.jobs.job import Job, State
from pinakes.jobs.patience import patiently
from pinakes.jobs.turn import JobStopped, Stop, Turn


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.01)
    return Turn(Job("a", "ingest", {}, State.RUNNING))


@pytest.mark.parametrize(
    "away",
    [ServiceUnavailable("Nobody answers."), NotReady("It loads.", retry_after=0.01), StateBusy("Busy.")],
)
def test_what_comes_back_is_waited_for(turn: Turn, away: PinakesError) -> None:
    said: list[str | None] = []

    def act() -> str:
        said.append(turn.job.waiting_for)
        if len(said) < 4:
            raise away
        turn.advance("embedding", 1)
        return "done"

    assert patiently(turn, act) == "done"
    assert said == [None, *3 * [str(away)]]
    assert turn.job.waiting_for is None


def test_what_does_not_pass_is_not_waited_for(turn: Turn) -> None:
    def act() -> None:
        raise DiskFull("Full.")

    with pytest.raises(DiskFull):
        patiently(turn, act)


def test_waits_grow_and_begin_anew_when_something_was_done(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(turn, "wait", lambda _why, seconds: waits.append(seconds))
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.04)

    def act() -> None:
        if len(waits) == 5:
            turn.advance("embedding", 1)
        if len(waits) < 7:
            raise ServiceUnavailable("x" * 1000)

    patiently(turn, act)
    assert waits == [0.01, 0.02, 0.04, 0.04, 0.04, 0.01, 0.02]


def test_a_wait_ends_when_the_job_shall(turn: Turn) -> None:
    def act() -> None:
        turn.stop(Stop.PAUSED)
        raise NotReady("It loads.", retry_after=30)

    began = time.monotonic()
    with pytest.raises(JobStopped) as stopped:
        patiently(turn, act)
    assert stopped.value.why is Stop.PAUSED
    assert time.monotonic() - began < 20
