"""What the work of a job is given: what was asked, and a place to say how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Any

from pinakes.jobs.job import Job
from pinakes.jobs.rate import Rate

#: Does what a job's `about` asks and returns what came of it, a JSON object; may be run again from the begin
#: after it was broken off at any moment.
Work = Callable[["Turn"], dict[str, Any]]


class Stop(Enum):
    """Why work ends where it is."""

    CANCELLED = "cancelled"
    PAUSED = "paused"
    CLOSING = "closing"
    LOST = "lost"


class JobStopped(Exception):
    """Raised within a job's work once it shall end where it is; `why` says for what."""

    def __init__(self, why: Stop) -> None:
        super().__init__(why.value)
        self.why = why


class Turn:
    """One run of a job; its methods may be called from any thread of the work, and often."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._rate = Rate()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._why: Stop | None = None
        self._rate.begin(0)

    @property
    def job(self) -> Job:
        """The job as it is now."""
        with self._lock:
            return self._job

    @property
    def about(self) -> dict[str, Any]:
        """What was asked."""
        return self._job.about

    @property
    def stopping(self) -> Stop | None:
        """Why the work shall end where it is, or None."""
        return self._why

    def advance(self, phase: str, done: int, total: int | None = None, *, failed: int = 0) -> None:
        """Say how far the work is in a phase.

        Raises:
            JobStopped: the work shall end here.
        """
        self.check()
        with self._lock:
            if phase != self._job.phase:
                self._rate.begin(done)
            rate = self._rate.note(done)
            self._job = replace(
                self._job, phase=phase, done=done, failed=failed, total=total, rate=rate, waiting_for=None
            )

    def note(self, **found: Any) -> None:
        """Add to the job's result what is known already."""
        with self._lock:
            self._job = replace(self._job, result={**self._job.result, **found})

    def wait(self, why: str, seconds: float) -> None:
        """Say for what the work waits, a sentence, and wait so long.

        Raises:
            JobStopped: the work shall end here.
        """
        with self._lock:
            self._job = replace(self._job, waiting_for=why, rate=0.0)
        self._stopping.wait(seconds)
        self.check()

    def check(self) -> None:
        """Go on, or raise JobStopped where the work shall end."""
        if self._why is not None:
            raise JobStopped(self._why)

    def stop(self, why: Stop) -> None:
        """Have the work end at its next word; what was asked last is why."""
        self._why = why
        self._stopping.set()
