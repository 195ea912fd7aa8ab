"""Long work that a person follows: one at a time, the rest in a bounded queue, any of it cancellable."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pinakes.core import logging
from pinakes.core.errors import NotFound, Overloaded, PinakesError

#: Jobs that may wait for their turn.
MOST_WAITING = 16

#: Finished jobs that are remembered.
MOST_REMEMBERED = 200

#: What a caller is told to wait when the queue is full, seconds.
RETRY_SECONDS = 10.0


class State(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self in (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class JobCancelled(Exception):
    """Raised within a job's work once it was cancelled, so that the work ends where it is."""


@dataclass(slots=True)
class Job:
    """One piece of long work; `about` says what was asked, `result` what came of it, both JSON values.

    Times are Unix seconds. `version` grows with every change, so that a follower sees that there is one.
    """

    id: str
    kind: str
    about: dict[str, Any]
    work: Callable[[Job], dict[str, Any]]
    state: State = State.QUEUED
    phase: str = ""
    done: int = 0
    total: int | None = None
    result: dict[str, Any] = field(default_factory=dict)
    error: PinakesError | None = None
    created_at: float = field(default_factory=time.time)
    started_at: float | None = None
    finished_at: float | None = None
    version: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event)
    _phase_began: float = 0.0

    def advance(self, phase: str, done: int, total: int | None = None) -> None:
        """Note progress; the work calls this often.

        Raises:
            JobCancelled: the job was cancelled.
        """
        if self.cancelled.is_set():
            raise JobCancelled
        if phase != self.phase:
            self._phase_began = time.monotonic()
        self.phase, self.done, self.total = phase, done, total
        self.version += 1

    @property
    def rate(self) -> float:
        """Items a second: in this phase while it runs, over the whole when it has ended."""
        if self.started_at is not None and self.finished_at is not None:
            seconds = self.finished_at - self.started_at
        else:
            seconds = time.monotonic() - self._phase_began
        return self.done / seconds if self.started_at is not None and seconds > 0 else 0.0

    @property
    def remaining_seconds(self) -> float | None:
        """Time this phase should still take, or None where that is not known."""
        rate = self.rate if self.state is State.RUNNING else 0.0
        return max(0, self.total - self.done) / rate if self.total is not None and rate else None

    def move(self, state: State) -> None:
        """Go to another state."""
        self.state = state
        now = time.time()
        if state is State.RUNNING:
            self.started_at, self._phase_began = now, time.monotonic()
        if state.final:
            self.finished_at = now
        self.version += 1


class Jobs:
    """Runs jobs one after the other in a thread of its own.

    Args:
        ended: called with every job that ended, from that thread.
    """

    def __init__(self, *, ended: Callable[[Job], None]) -> None:
        self._ended = ended
        self._known: dict[tuple[str, str], Job] = {}
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="pinakes-jobs", daemon=True)
        self.closing = False

    def start(self) -> None:
        """Begin to run what is submitted."""
        self._thread.start()

    def submit(self, job: Job) -> Job:
        """Queue a job; one of the same kind and id that waits or runs already is returned in its stead.

        Raises:
            Overloaded: too many jobs wait, or the service shuts down.
        """
        with self._changed:
            known = self._known.get((job.kind, job.id))
            if known is not None and not known.state.final:
                return known
            if self.closing or len(self._waiting) >= MOST_WAITING:
                raise Overloaded(
                    f"{len(self._waiting)} jobs wait already; no more are taken now.",
                    retry_after=RETRY_SECONDS,
                    remedy="Cancel one, or try again when they are done.",
                )
            self._known.pop((job.kind, job.id), None)
            self._known[job.kind, job.id] = job
            self._waiting.append(job)
            self._forget()
            self._changed.notify_all()
            return job

    def get(self, kind: str, name: str) -> Job:
        """Return a job.

        Raises:
            NotFound: there is none, or it ended long ago.
        """
        job = self.find(kind, name)
        if job is None:
            raise NotFound(
                f"There is no {kind} {ascii(name)[1:-1]!r}.", remedy=f"GET /api/v1/{kind}s lists them."
            )
        return job

    def find(self, kind: str, name: str) -> Job | None:
        """Return a job, or None."""
        return self._known.get((kind, name))

    def all(self, kind: str) -> list[Job]:
        """All jobs of a kind that are remembered, newest first."""
        with self._changed:
            return [job for job in reversed(self._known.values()) if job.kind == kind]

    def cancel(self, job: Job) -> None:
        """End a job soon: at once where it waits, else at its next progress. What it stored stays stored."""
        with self._changed:
            job.cancelled.set()
            if job.state is State.QUEUED:
                self._waiting.remove(job)
                job.move(State.CANCELLED)
                self._ended(job)

    def close(self, seconds: float) -> None:
        """Cancel everything and wait at most `seconds` for the job that runs."""
        with self._changed:
            self.closing = True
            waiting, running = list(self._waiting), self._running
            self._changed.notify_all()
        for job in (*waiting, running):
            if job is not None:
                self.cancel(job)
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _forget(self) -> None:
        ended = [key for key, job in self._known.items() if job.state.final]
        for key in ended[: max(0, len(ended) - MOST_REMEMBERED)]:
            del self._known[key]

    def _next(self) -> Job | None:
        with self._changed:
            while not self._waiting and not self.closing:
                self._changed.wait()
            if not self._waiting:
                return None
            self._running = job = self._waiting.popleft()
            job.move(State.RUNNING)
            return job

    def _run(self) -> None:
        while (job := self._next()) is not None:
            job.move(self._outcome(job))
            self._running = None
            self._ended(job)

    @staticmethod
    def _outcome(job: Job) -> State:
        try:
            job.result = job.work(job)
        except JobCancelled:
            return State.CANCELLED
        except PinakesError as error:
            job.error = error
            return State.FAILED
        except Exception as error:
            logging.get("services").error("job-failed", kind=job.kind, job=job.id, exc_info=error)
            job.error = PinakesError("The job failed.", remedy="The service's log tells more.")
            return State.FAILED
        return State.SUCCEEDED
