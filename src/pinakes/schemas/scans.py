"""What the application takes and answers about scans, and what every job says of itself."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class JobError(BaseModel, frozen=True):
    """Why a job failed."""

    code: str = Field(description="Stable name of the kind of problem.")
    detail: str = Field(description="What happened, a sentence.")
    remedy: str = Field(description="What to do about it, a sentence, or nothing.")


class JobProgress(BaseModel, frozen=True):
    """How far a job is; times are Unix seconds."""

    id: str
    kind: str
    state: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    phase: str = Field(description="What is being done, a few words.")
    done: int = Field(description="Items of this phase that are done.")
    total: int | None = Field(description="Items of this phase, null while they are being counted.")
    rate: float = Field(description="Items a second, in this phase or over the whole at the end.")
    remaining_seconds: float | None = Field(description="Time this phase should still take, if known.")
    created_at: float
    started_at: float | None
    finished_at: float | None
    error: JobError | None


class ScanRequest(BaseModel, frozen=True):
    """Which folders to scan."""

    folders: list[str] = Field(
        default=[],
        max_length=1000,
        description="Absolute paths below the allowed roots; none means all roots.",
    )
    exclude: list[str] = Field(default=[], max_length=1000, description="Patterns of what to leave out.")
    include: list[str] = Field(default=[], max_length=1000, description="Patterns of what alone to take.")


class RefusedFile(BaseModel, frozen=True):
    """A file or folder that was refused."""

    path: str
    reason: str = Field(description="Why, a stable word such as `truncated`.")
    detail: str = Field(description="Why, a sentence.")


class ScanJob(JobProgress, frozen=True):
    """A scan; the last four are there once it has succeeded."""

    folders: list[str]
    counts: dict[str, int] | None = Field(None, description="stored, skipped, refused: each file in one.")
    changes: dict[str, int] | None = Field(
        None, description="new, changed, unchanged, moved, missing, returned."
    )
    skipped: dict[str, int] | None = Field(None, description="Skipped files by reason.")
    refused: list[RefusedFile] | None = Field(None, description="The first thousand refused files.")


class ScanJobs(BaseModel, frozen=True):
    """Scans, newest first."""

    scans: list[ScanJob]
