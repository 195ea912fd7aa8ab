"""What the pages are told of one file: where it lies, what it shows, and what is known of it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class ContentDetails(BaseModel, frozen=True):
    """What the bytes of a file are."""

    sha256: str
    format: str = Field(description="JPEG, PNG, HEIF, …")
    mode: str = Field(description="Mode as stored in the file, in Pillow's names.")
    width: int = Field(description="Pixels, upright.")
    height: int = Field(description="Pixels, upright.")
    frames: int
    taken_at: float | None = Field(description="Unix time as if the camera's clock were UTC.")
    metadata: dict[str, Any] = Field(description="Fields as the guide on metadata lists them.")
    sources: dict[str, str] = Field(description="The tag that told each field.")
    shown: bool = Field(description="Whether browsers show the original file.")


class WrittenWords(BaseModel, frozen=True):
    """Words that a model wrote of a picture or read in it."""

    model: str = Field(description="name@revision+preprocess.")
    value: str


class Copy(BaseModel, frozen=True):
    """Another file with the same bytes."""

    asset: int
    path: str


class StepFailure(BaseModel, frozen=True):
    """Why a model refused the picture."""

    step: str = Field(description="embed, caption or read.")
    model: str
    reason: str
    detail: str
    attempts: int
    failed_at: float = Field(description="Unix time, seconds.")


class IndexEntry(BaseModel, frozen=True):
    """An index that the file is in, or is about to be."""

    index: str = Field(description="Name of a collection, or `words`.")
    told: bool = Field(description="False until the index has it as it is now.")


class AssetDetails(BaseModel, frozen=True):
    """Everything known of one file."""

    asset: int
    path: str
    name: str
    folder: str = Field(description="The directory that holds it.")
    bytes: int
    changed_at: float = Field(description="Time of the file's last change, Unix time, seconds.")
    missing: bool = Field(description="Not there at the last scan.")
    outcome: str = Field(description="stored, skipped or refused.")
    reason: str | None
    detail: str | None
    content: ContentDetails | None = Field(description="null unless stored.")
    captions: list[WrittenWords]
    texts: list[WrittenWords] = Field(description="Text read in the picture.")
    copies: list[Copy] = Field(description="Other files of the same bytes, at most a hundred.")
    copies_count: int
    failures: list[StepFailure]
    indexes: list[IndexEntry]


class GroupPlace(BaseModel, frozen=True):
    """A group of duplicates that a file is in."""

    review: str
    id: str
    tier: str
    files: int
    kept: bool = Field(description="Whether this file is the one that is kept.")


class JournalledEdit(BaseModel, frozen=True):
    """A line of the journal about a file or its content."""

    line: int
    act: str
    at: float = Field(description="Unix time, seconds.")
    actor: str
    event: str
    verb: str
    path: str | None


class AssetHistory(BaseModel, frozen=True):
    """Where a file stands in the newest review, and what was done to it lately."""

    groups: list[GroupPlace]
    edits: list[JournalledEdit] = Field(description="Newest first, among the last lines of the journal.")
