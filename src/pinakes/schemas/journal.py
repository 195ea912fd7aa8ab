"""What the application answers about the journal."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class ActSummary(BaseModel, frozen=True):
    """What an act amounts to."""

    id: str
    verb: str = Field(description="resolve, undo or empty.")
    at: float = Field(description="Unix time, seconds.")
    actor: str
    planned: int
    done: int
    failed: int
    undone: int
    emptied: int
    bytes: int
    closed: bool = Field(description="False while it runs.")
    standing: int = Field(description="How many of its items can still be undone.")
    detail: dict[str, Any]


class ActList(BaseModel, frozen=True):
    """Acts, newest first; ask with `before` the last id for those before them."""

    acts: list[ActSummary]


class ActItem(BaseModel, frozen=True):
    """What an act did to one file, or said of some, and how that stands now."""

    act: str
    item: int
    verb: str
    event: str = Field(description="done, failed, undone, emptied, …")
    path: str | None
    sha256: str | None
    kept_path: str | None
    kept_sha256: str | None
    group_id: str | None
    tier: str | None
    score: float | None
    model: str | None
    bytes: int
    why: str
    reason: str | None = Field(description="Why it could not be done, or not undone.")
    others: list[str]


class ActItemPage(BaseModel, frozen=True):
    """Some items of an act, in their order."""

    items: list[ActItem]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")


class JournalEntry(BaseModel, frozen=True):
    """One line."""

    line: int
    at: float
    act: str
    actor: str
    event: str
    item: int
    verb: str
    path: str | None
    sha256: str | None
    kept_path: str | None
    kept_sha256: str | None
    group_id: str | None
    tier: str | None
    score: float | None
    model: str | None
    detail: dict[str, Any]


class JournalPage(BaseModel, frozen=True):
    """Lines, newest first; ask with `before` the last number for those before them."""

    lines: list[JournalEntry]
