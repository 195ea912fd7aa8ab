"""What every job says of itself, and lists of jobs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

#: The states of a job.
JobState = Literal["queued", "running", "paused", "succeeded", "failed", "cancelled"]


class JobError(BaseModel, frozen=True):
    """Why a job failed."""

    code: str = Field(description="Stable name of the kind of problem.")
    detail: str = Field(description="What happened, a sentence.")
    remedy: str = Field(description="What to do about it, a sentence, or nothing.")


class JobProgress(BaseModel, frozen=True):
    """How far a job is; times are Unix seconds."""

    id: str
    kind: str
    state: JobState
    phase: str = Field(description="What is being done, a few words.")
    waiting_for: str | None = Field(None, description="Why it does not advance now, a sentence.")
    behind: str | None = Field(None, description="The job that must end before this one begins.")
    done: int = Field(description="Items of this phase that are done.")
    failed: int = Field(0, description="Items of this phase that were refused.")
    total: int | None = Field(description="Items of this phase, null while they are being counted.")
    rate: float = Field(description="Items a second, lately in this phase or over the whole at the end.")
    remaining_seconds: float | None = Field(description="Time this phase should still take, if known.")
    created_at: float
    started_at: float | None = Field(description="When its last run began.")
    finished_at: float | None
    runs: int = Field(0, description="Times it was begun: again after a pause, or the end of its process.")
    error: JobError | None


class AnyJob(JobProgress, frozen=True, extra="allow"):
    """A job of any kind, with what was asked and, as far as it is known, what came of it."""


class JobPage(BaseModel, frozen=True):
    """Some jobs, newest first."""

    jobs: list[AnyJob]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")


class JobUrls(BaseModel, frozen=True):
    """Where a job is asked about and steered, below the service's base URL."""

    job: str
    events: str = Field(description="Its progress, as server-sent events.")
    cancel: str
    pause: str
    resume: str
    retry: str


class IngestRequest(BaseModel, frozen=True):
    """What to ingest."""

    # Without bounds of length, which would refuse names that are no UTF-8.
    directory: str = Field(
        description="A directory of pictures; a relative path begins at the service's working directory.",
    )
    caption: bool | None = Field(
        None, description="Whether pictures are described; null: as the service is set."
    )
    exclude: list[str] = Field(default=[], max_length=1000, description="Patterns of what to leave out.")
    include: list[str] = Field(default=[], max_length=1000, description="Patterns of what alone to take.")
    only: list[str] = Field(
        default=[], max_length=1000, description="Absolute directories inside it to which this is limited."
    )
    rest_seconds: float = Field(
        0.0,
        ge=0,
        le=3600,
        description="Files changed so shortly before are left for later: someone writes them.",
    )


class IngestJob(JobProgress, frozen=True):
    """An ingestion: the folders are scanned, then what is new in them is indexed."""

    folders: list[str]
    scan: dict[str, Any] | None = Field(
        None, description="counts, changes, skipped and the first thousand refused files; once scanned."
    )
    index: dict[str, Any] | None = Field(
        None, description="What was embedded, described, read and indexed; once done."
    )


class IngestStarted(IngestJob, frozen=True):
    """An ingestion that was accepted and goes on in the background."""

    job_id: str
    status: JobState
    urls: JobUrls


#: In which step files are refused: while they are taken in, or by a model.
RefusedStep = Literal["take", "embed", "caption", "read"]


class RefusalReason(BaseModel, frozen=True):
    """Files that are refused in one step for one reason."""

    step: RefusedStep
    reason: str = Field(description="A stable word such as `truncated`.")
    count: int
    detail: str = Field(description="What is said of one of them, a sentence.")


class RefusalReasons(BaseModel, frozen=True):
    """What is refused, the most frequent reasons first."""

    reasons: list[RefusalReason]


class RefusedItem(BaseModel, frozen=True):
    """A file that is refused."""

    asset: int
    path: str
    sha256: str | None = Field(description="Its content, where it could be taken; it has a thumbnail then.")
    detail: str


class RefusalPage(BaseModel, frozen=True):
    """Some of them, in the order of paths."""

    refusals: list[RefusedItem]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")


class RetryRefused(BaseModel, frozen=True, extra="forbid"):
    """Which of what was refused is tried again; nothing means all of it."""

    step: RefusedStep | None = None
    reason: str | None = Field(None, max_length=40)
