"""What the application takes and answers about scans."""

from __future__ import annotations

from pydantic import BaseModel, Field

from pinakes.schemas.jobs import JobProgress


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
