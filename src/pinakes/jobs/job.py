"""What is known of a job, and the states it goes through."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen unless a person asks for it."""
        return self in (State.SUCCEEDED, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Job:
    """A job at one moment; `about` says what was asked, `result` what came of it, both JSON values.

    Attributes:
        phase: what is being done, a few words; `done`, `failed` and `total` count the items of this phase.
        waiting_for: why it does not advance now, a sentence.
        behind: id of the job that must end before this one begins; known where both are of one process.
        rate: items a second, lately in this phase, or over the whole run when it has ended.
        error: `code`, `detail` and `remedy` of what ended it.
        created_at: Unix time, seconds, as are `started_at` (of the last run) and `finished_at`.
        runs: times it was begun.
    """

    id: str
    kind: str
    about: dict[str, Any]
    state: State = State.QUEUED
    phase: str = ""
    waiting_for: str | None = None
    done: int = 0
    failed: int = 0
    total: int | None = None
    rate: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)
    error: dict[str, str] | None = None
    created_at: float = 0.0
    started_at: float | None = None
    finished_at: float | None = None
    runs: int = 0
    behind: str | None = None

    @property
    def remaining_seconds(self) -> float | None:
        """Time this phase should still take, or None where that is not known."""
        if self.state is not State.RUNNING or self.total is None or not self.rate or self.waiting_for:
            return None
        return max(0, self.total - self.done) / self.rate
