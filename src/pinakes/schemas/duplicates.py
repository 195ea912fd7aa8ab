"""What the application takes and answers about reviews and the groups in them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from pinakes.schemas.jobs import JobProgress


class ReviewRequest(BaseModel, frozen=True):
    """What to search for, and among what."""

    folders: list[str] = Field(
        default=[], max_length=1000, description="Absolute paths below the allowed roots; none: all roots."
    )
    tiers: list[str] = Field(
        default=[], max_length=5, description="bytes, pixels, hash, copy, similar; none: all but similar."
    )
    preset: str = Field("", description="strict, careful, balanced or loose; one tier alone: copy=strict.")
    rules: list[str] = Field(
        default=[], max_length=50, description="What decides which file is kept, in order."
    )
    references: list[str] = Field(
        default=[], max_length=1000, description="Folders whose pictures are kept and never changed."
    )


class ReviewJob(JobProgress, frozen=True):
    """The search that makes a review."""

    folders: list[str]
    tiers: list[str]
    presets: dict[str, str]
    rules: list[str]
    references: list[str]


class StackOfFiles(BaseModel, frozen=True):
    """Files that belong together without being duplicates."""

    id: str
    kind: str = Field(description="raw, live-photo, burst, or by-hand.")
    paths: list[str]


class ReviewState(BaseModel, frozen=True):
    """A review: the job that makes it, and what was stored when it was last made."""

    id: str = Field(description="Made of the question: the same question has the same id.")
    made_at: float | None = Field(description="Unix time, seconds; null while there is no answer yet.")
    scope: dict[str, Any] | None = Field(description="The question that it answers.")
    counts: dict[str, int] | None = Field(description="pictures, groups, removable files, their bytes.")
    stacks: list[StackOfFiles] | None
    job: ReviewJob | None = Field(description="null where it ended long ago.")


class ReviewStates(BaseModel, frozen=True):
    """Reviews, newest first."""

    reviews: list[ReviewState]


class GroupAsset(BaseModel, frozen=True):
    """A file in a group, with what ties it to the file that is kept."""

    path: str
    sha256: str
    bytes: int
    width: int
    height: int
    format: str
    tier: str
    score: float
    evidence: dict[str, Any]
    asset: int
    changed_at: float = Field(description="Time of the file's last change, Unix time, seconds.")
    taken_at: float | None = Field(description="Unix time as if the camera's clock were UTC.")
    fields: int = Field(description="How many fields of metadata the file carries.")
    placeholder: str | None = Field(description="A tiny bitmap of it, base64; null until it has one.")
    metadata: dict[str, Any] = Field(description="Those that tell copies apart: camera, place, title, …")


class Decided(BaseModel, frozen=True):
    """What settled a group since its review was made."""

    line: int = Field(description="Of the journal.")
    at: float = Field(description="Unix time, seconds.")
    verb: str
    act: str = Field(description="What undo takes.")


class StoredGroup(BaseModel, frozen=True):
    """Files that were each verified to be the same picture; the one that is kept comes first."""

    id: str = Field(description="Made of the contents and the tier: the same group keeps its id.")
    tier: str
    keep: str
    why: str
    reclaimable_bytes: int
    assets: list[GroupAsset] = Field(description="Those that are there now.")
    decided: Decided | None


class GroupPage(BaseModel, frozen=True):
    """Some groups of a review."""

    groups: list[StoredGroup]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")
    offset: int = Field(description="Place of the first of them in the listing.")
    total: int = Field(description="Groups in the listing.")
    as_of: int = Field(description="Give it with the next page, and offsets stay what they are.")
