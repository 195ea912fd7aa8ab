"""What the application takes and answers about decisions over groups."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from pinakes.schemas.jobs import AnyJob

#: Rules of one set at most, and reference folders.
MOST_RULES = 100


class ResolveRequest(BaseModel, frozen=True):
    """What to decide, over which groups."""

    review: str | None = Field(None, description="All groups of this review.")
    groups: list[str] = Field(default=[], max_length=100_000, description="Or the groups of these ids.")
    plan: str | None = Field(None, description="Or exactly what a preview showed, by the plan's id.")
    tier: Literal["bytes", "pixels", "hash", "copy", "similar"] | None = Field(
        None, description="Of a review, the groups of this tier alone."
    )
    verb: Literal["keep", "trash", "hardlink", "symlink", "distinct", "stack"] | None = Field(
        None, description="What to do; null does what is safe for each tier, and leaves the rest."
    )
    keep: dict[str, str | list[str]] = Field(
        default={}, description="By group: the path, or paths, that stay whatever the rules say."
    )
    rules: list[str] | None = Field(
        None,
        max_length=MOST_RULES,
        description="Who is kept in each group, whoever was when it was found; most important first.",
    )
    references: list[str] = Field(
        default=[], max_length=MOST_RULES, description="Further folders in which nothing is changed."
    )
    dry_run: bool = Field(True, description="Only say what would be done.")
    as_job: bool | None = Field(
        None, description="Whether a job changes files, which can be paused; null: where it is more than 200."
    )
    limit: int = Field(
        1000, ge=0, le=1000, description="Changes that are listed; the plan's own route pages through all."
    )


class PlannedChange(BaseModel, frozen=True):
    """One change: `path` goes and `kept` stays; a verdict concerns `path` and `others`."""

    item: int
    verb: str
    group: str
    tier: str
    score: float
    method: str
    path: str
    sha256: str
    bytes: int
    kept: str
    kept_sha256: str
    why: str
    others: list[str]


class LeftAlone(BaseModel, frozen=True):
    """A file that is left as it is, and why."""

    path: str
    group: str
    reason: str


class ChangePlan(BaseModel, frozen=True):
    """Exactly what would change."""

    id: str = Field(description="Carries out this plan, within the hour.")
    counts: dict[str, int]
    changes: int
    bytes_reclaimed: int = Field(description="Free once the trash is emptied.")
    items: list[PlannedChange] = Field(description="The first of them.")
    left: list[LeftAlone] = Field(description="The first of those left alone; `counts` has their number.")


class ChangePage(BaseModel, frozen=True):
    """Some changes of a plan, in their order."""

    items: list[PlannedChange]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")


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
    """The plan, and the report where it was carried out; or the job that does either."""

    dry_run: bool
    plan: ChangePlan | None = Field(description="null where a job makes it; `plan` of the job is its id.")
    report: ActReport | None
    job: AnyJob | None = Field(
        None, description="Makes the plan, or carries it out; then its result names the acts."
    )


class UndoRequest(BaseModel, frozen=True):
    """What to take back."""

    acts: list[str] | None = Field(
        None, max_length=1000, description="Ids of acts; null is the last that can be undone."
    )
    items: dict[str, list[int]] | None = Field(
        None, max_length=1000, description="Or, by act, the numbers of some of its items."
    )
    dry_run: bool | None = Field(None, description="Only look what would come back.")
    as_job: bool | None = Field(None, description="Whether a job does it; null: where it is much.")


class Foresight(BaseModel, frozen=True):
    """What undoing or emptying would come to, as far as the files were looked at."""

    acts: list[str]
    items: int
    looked_at: int = Field(description="Less than `items` where there are very many.")
    possible: int
    bytes: int
    refused: list[FailedItem] = Field(description="The first of what could not be done, and why.")


class UndoReport(BaseModel, frozen=True):
    """What became of each act, what would, or the job that undoes them."""

    reports: list[ActReport]
    foresight: Foresight | None = None
    job: AnyJob | None = None
