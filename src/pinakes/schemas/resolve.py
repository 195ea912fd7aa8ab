"""What the application takes and answers about decisions over groups."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class ResolveRequest(BaseModel, frozen=True):
    """What to decide, over which groups."""

    review: str | None = Field(None, description="All groups of this review.")
    groups: list[str] = Field(default=[], description="Or the groups of these ids.")
    verb: Literal["keep", "trash", "hardlink", "symlink", "distinct", "stack"] | None = Field(
        None, description="What to do; null does what is safe for each tier, and leaves the rest."
    )
    keep: dict[str, str | list[str]] = Field(
        default={}, description="By group: the path, or paths, that stay whatever the rules say."
    )
    references: list[str] = Field(default=[], description="Further folders in which nothing is changed.")
    dry_run: bool = Field(True, description="Only say what would be done.")


class PlannedChange(BaseModel, frozen=True):
    """One change: `path` goes and `kept` stays; a verdict concerns `path` and `others`."""

    item: int
    verb: str
    group: str
    tier: str
    score: float
    method: str
    path: str
    bytes: int
    kept: str
    why: str
    others: list[str]


class LeftAlone(BaseModel, frozen=True):
    """A file that is left as it is, and why."""

    path: str
    group: str
    reason: str


class ChangePlan(BaseModel, frozen=True):
    """Exactly what would change."""

    counts: dict[str, int]
    bytes_reclaimed: int = Field(description="Free once the trash is emptied.")
    items: list[PlannedChange]
    left: list[LeftAlone]


class FailedItem(BaseModel, frozen=True):
    """A file that could not be changed or brought back, and why."""

    path: str
    reason: str


class ActReport(BaseModel, frozen=True):
    """What became of an act."""

    act: str = Field(description="Names it for undo; empty where there was nothing to do.")
    verb: str
    done: int
    failed: list[FailedItem]
    bytes: int


class Resolution(BaseModel, frozen=True):
    """The plan, and the report where it was carried out."""

    dry_run: bool
    plan: ChangePlan
    report: ActReport | None


class UndoRequest(BaseModel, frozen=True):
    """What to take back."""

    acts: list[str] | None = Field(None, description="Ids of acts; null is the last that can be undone.")


class UndoReport(BaseModel, frozen=True):
    """What became of each."""

    reports: list[ActReport]
