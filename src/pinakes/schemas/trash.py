"""What the application takes and answers about the trash."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from pinakes.schemas.jobs import AnyJob
from pinakes.schemas.resolve import ActReport, Foresight

#: Assets of one request; a plan of so many takes a few hundred megabytes of memory.
MOST_ASSETS = 500_000


class TrashRequest(BaseModel, frozen=True):
    """Which pictures are to go to the trash."""

    assets: list[int] = Field(min_length=1, max_length=MOST_ASSETS)
    dry_run: bool = Field(True, description="Only look what would go.")


class TrashedAsset(BaseModel, frozen=True):
    """What becomes of a picture; `path` is empty where the library does not know it any more."""

    asset: int
    path: str
    bytes: int
    outcome: Literal["would_go", "gone", "refused"]
    reason: str | None = Field(description="Why it was refused.")


class TrashAnswer(BaseModel, frozen=True):
    """What became of each, in the order asked; or the job that plans or moves very many."""

    act: str | None = Field(description="Names it for undo; null where nothing was done.")
    dry_run: bool
    items: list[TrashedAsset] = Field(description="None where a job does it.")
    bytes: int
    refused: int
    job: AnyJob | None = Field(
        None,
        description="Of more than 1000 pictures; its `plan` is what /api/v1/plans shows and carries out.",
    )


class TrashItem(BaseModel, frozen=True):
    """A file in the trash."""

    act: str
    item: int
    at: float = Field(description="When it went, Unix time in seconds.")
    actor: str
    verb: str = Field(description="trash, or hardlink or symlink where a link is in its place.")
    path: str = Field(description="Where it was.")
    sha256: str
    bytes: int
    why: str
    kept: str | None = Field(description="What was kept for it; null where a person chose it.")
    tier: str | None
    group: str | None


class TrashTotal(BaseModel, frozen=True):
    """All that lies in the trash."""

    files: int
    bytes: int


class TrashPage(BaseModel, frozen=True):
    """Files in the trash, newest act first."""

    items: list[TrashItem]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")
    total: TrashTotal | None = Field(description="On the first page.")


class PurgeRequest(BaseModel, frozen=True):
    """What is to be deleted for good; neither an age nor acts means all."""

    before: float | None = Field(None, description="What went before this moment, Unix time in seconds.")
    acts: list[str] | None = Field(None, max_length=1000, description="What these acts let go.")
    dry_run: bool = Field(True, description="Only look what would be deleted.")
    as_job: bool | None = Field(None, description="Whether a job does it; null: where it is much.")


class PurgeAnswer(BaseModel, frozen=True):
    """What would be deleted, and the report where it was, or the job that does it."""

    dry_run: bool
    foresight: Foresight
    report: ActReport | None
    job: AnyJob | None
