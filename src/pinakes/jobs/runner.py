"""Runs jobs: those of one lane one after the other, all of them for as long as the process lives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine

from pinakes.core import logging
from pinakes.core.errors import NotFound, Overloaded, PinakesError
from pinakes.jobs.job import Job, State
from pinakes.jobs.rows import RETRY_SECONDS
from pinakes.jobs.steering import Steering
from pinakes.jobs.table import JobTable
from pinakes.jobs.turn import JobStopped, Stop, Turn, Work

#: Time between two writes of how far jobs are, and two looks for what waits, seconds.
BEAT_SECONDS = 1.0

#: Beats between two looks for jobs of processes that died.
BEATS_A_LOOK = 5

_ENDS = {
    Stop.CANCELLED: State.CANCELLED,
    Stop.PAUSED: State.PAUSED,
    Stop.CLOSING: State.QUEUED,
    Stop.LOST: State.QUEUED,
}
_STOPS = {State.CANCELLED: Stop.CANCELLED, State.PAUSED: Stop.PAUSED}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: how it is done, and the lane in which one at a time runs."""

    work: Work
    lane: str = "pictures"


class Jobs:
    """The jobs of a library, those of this process and of others.

    Args:
        engine: the library.
        kinds: what this process can do, by the kind of job; what others are queued for waits for them.
        ended: called with every job that this process ended.
    """

    def __init__(
        self, engine: Engine, kinds: Mapping[str, Kind], *, ended: Callable[[Job], None] | None = None
    ) -> None:
        self._table = JobTable(engine)
        self._steering = Steering(engine)
        self._kinds = dict(kinds)
        self._ended = ended
        self._turns: dict[str, Turn] = {}
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._only: str | None = None
        self.closing = False

    def start(self, *, only: str | None = None) -> None:
        """Take up what waits, the jobs of dead processes first; or that one job alone."""
        self._only = only
        self._table.revive()
        lanes: dict[str, list[str]] = {}
        for name, kind in self._kinds.items():
            lanes.setdefault(kind.lane, []).append(name)
        self._threads = [
            threading.Thread(name=f"pinakes-jobs-{lane}", target=self._run, args=(kinds,), daemon=True)
            for lane, kinds in lanes.items()
        ]
        self._threads.append(threading.Thread(name="pinakes-jobs-beat", target=self._beat, daemon=True))
        for thread in self._threads:
            thread.start()

    def submit(self, kind: str, about: dict[str, Any], name: str | None = None, *, once: bool = False) -> Job:
        """Queue a job; see `JobTable.add`.

        Raises:
            Overloaded: too many jobs wait, or the service shuts down.
        """
        if self.closing:
            raise Overloaded("The service shuts down.", retry_after=RETRY_SECONDS)
        if once:
            self._table.revive()  # what a dead process left behind may be the very job
        return self._told(self._table.add(kind, about, name, once=once))

    def get(self, name: str, kind: str | None = None) -> Job:
        """The job of that name, and of that kind where one is given.

        Raises:
            NotFound: there is none, or it ended long ago.
        """
        job = self._now(self._table.get(name))
        if kind is not None and job.kind != kind:
            raise NotFound(
                f"There is no {kind} {ascii(name)[1:-1]!r}.", remedy=f"GET /api/v1/{kind}s lists them."
            )
        return job

    def find(self, name: str, kind: str | None = None) -> Job | None:
        """The job, or None."""
        with suppress(NotFound):
            return self.get(name, kind)
        return None

    def page(
        self,
        *,
        limit: int,
        kinds: Collection[str] = (),
        states: Collection[State] = (),
        before: tuple[float, str] | None = None,
    ) -> list[Job]:
        """Jobs, newest first; see `JobTable.page`."""
        found = self._table.page(limit=limit, kinds=kinds, states=states, before=before)
        return [self._now(job) for job in found]

    def cancel(self, name: str) -> Job:
        """End a job soon; see `Steering.cancel`. What it stored stays stored."""
        had_ended = self._table.get(name).state.final
        job = self._stopped(self._steering.cancel(name), Stop.CANCELLED)
        if job.state.final and not had_ended:
            self._tell_ended(job)
        return job

    def pause(self, name: str) -> Job:
        """Stop a job until it is resumed; see `Steering.pause`."""
        return self._stopped(self._steering.pause(name), Stop.PAUSED)

    def resume(self, name: str) -> Job:
        """Have a job go on; see `Steering.resume`."""
        return self._told(self._steering.resume(name))

    def retry(self, name: str) -> Job:
        """Have a job run again; see `Steering.retry`."""
        return self._told(self._steering.retry(name))

    def close(self, seconds: float) -> None:
        """Stop what runs, for another process to go on with, and wait so long for it at most."""
        with self._changed:
            self.closing = True
            turns = list(self._turns.values())
            self._changed.notify_all()
        for turn in turns:
            turn.stop(Stop.CLOSING)
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _now(self, job: Job) -> Job:
        """The job with what this process knows of it beyond its row."""
        if job.state is State.QUEUED and (ahead := self._ahead(job.kind)) is not None:
            return replace(job, behind=ahead.id, waiting_for=f"The {ahead.kind} job {ahead.id} runs first.")
        turn = self._turns.get(job.id)
        if turn is None or job.state is not State.RUNNING:
            return job
        return replace(turn.job, state=job.state)

    def _ahead(self, kind: str) -> Job | None:
        """The job that holds the lane of a kind here, or None."""
        lane = self._kinds[kind].lane if kind in self._kinds else None
        running = (turn.job for turn in list(self._turns.values()))
        return next((job for job in running if self._kinds[job.kind].lane == lane), None)

    def _told(self, job: Job) -> Job:
        with self._changed:
            self._changed.notify_all()
        return self._now(job)

    def _stopped(self, job: Job, why: Stop) -> Job:
        turn = self._turns.get(job.id)
        if turn is not None and job.state is State.RUNNING:
            turn.stop(why)
        return self._now(job)

    def _run(self, kinds: list[str]) -> None:
        while (turn := self._next(kinds)) is not None:
            state, job = self._outcome(turn)
            ended = self._written(job, state)
            with self._changed:
                del self._turns[job.id]
            if ended is not None and ended.state.final:
                self._tell_ended(ended)

    def _next(self, kinds: list[str]) -> Turn | None:
        with self._changed:
            while not self.closing:
                job = self._claimed(kinds)
                if job is not None:
                    turn = self._turns[job.id] = Turn(job)
                    return turn
                self._changed.wait(BEAT_SECONDS)
        return None

    def _claimed(self, kinds: list[str]) -> Job | None:
        try:
            return self._table.claim(kinds, self._only)
        except Exception as error:  # a full disk must not end the lane
            _log_failure("job-not-begun", error)
            return None

    def _written(self, job: Job, state: State) -> Job | None:
        while True:
            try:
                return self._table.end(job, state)
            except Exception as error:
                _log_failure("job-end-not-written", error)
            if self.closing:
                return None  # it is taken up again by the next process
            time.sleep(BEAT_SECONDS)

    def _outcome(self, turn: Turn) -> tuple[State, Job]:
        try:
            turn.note(**self._kinds[turn.job.kind].work(turn))
        except JobStopped as stopped:
            return _ENDS[stopped.why], turn.job
        except PinakesError as error:
            told = error
        except Exception as error:
            if self.closing:
                # What it needs was closed under it, as after the time to stop in: the next process goes on.
                return _ENDS[Stop.CLOSING], turn.job
            _log_failure("job-failed", error, kind=turn.job.kind, job=turn.job.id)
            told = PinakesError("The job failed.", remedy="The service's log tells more.")
        else:
            return State.SUCCEEDED, turn.job
        row = {"code": told.code, "detail": str(told), "remedy": told.remedy}
        return State.FAILED, replace(turn.job, error=row)

    def _beat(self) -> None:
        beats = 0
        while True:
            with self._changed:
                # Until the last job has stored what it has, it is said that it lives.
                if self.closing and not self._turns:
                    return
                turns = dict(self._turns)
            beats += 1
            try:
                self._tell_rows(turns)
                if beats % BEATS_A_LOOK == 0:
                    self._table.revive()
            except Exception as error:
                _log_failure("jobs-not-written", error)
            with self._changed:
                if not (self.closing and not self._turns):
                    self._changed.wait(BEAT_SECONDS)

    def _tell_rows(self, turns: Mapping[str, Turn]) -> None:
        if not turns:
            return
        for name, wanted in self._table.beat([turn.job for turn in turns.values()]).items():
            turn = turns[name]
            if wanted is None and self._turns.get(name) is turn:
                turn.stop(Stop.LOST)
            elif wanted in _STOPS and turn.stopping is None:
                turn.stop(_STOPS[wanted])

    def _tell_ended(self, job: Job) -> None:
        if self._ended is not None:
            self._ended(job)


def _log_failure(event: str, error: Exception, **about: str) -> None:
    logging.get("jobs").error(event, exc_info=error, **about)
