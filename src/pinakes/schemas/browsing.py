"""What the application answers about all groups of a review, and about two pictures side by side."""

from __future__ import annotations

from pydantic import BaseModel, Field


class GroupPlace(BaseModel, frozen=True):
    """Where a group is in a listing."""

    offset: int | None = Field(description="null where the listing does not have it.")


class Facet(BaseModel, frozen=True):
    """A value that a filter can name."""

    name: str
    groups: int = Field(description="Groups that have a file with it.")


class Facets(BaseModel, frozen=True):
    """What the filters of a review can name, most groups first."""

    formats: list[Facet]
    folders: list[Facet] = Field(description="At most 500.")
    folders_count: int


class TierLeft(BaseModel, frozen=True):
    """What is left to decide in one tier; bytes are those of all files but the kept ones."""

    tier: str
    groups: int
    open: int = Field(description="Groups that nobody decided since the review was made.")
    bytes: int
    open_bytes: int
    won_bytes: int = Field(description="Of groups whose other files went; free once the trash is emptied.")


class Left(BaseModel, frozen=True):
    """Tiers that have groups, strongest first."""

    tiers: list[TierLeft]


class Beside(BaseModel, frozen=True):
    """How one picture lies on another."""

    matrix: list[float] | None = Field(
        description="3 × 3, row by row: shares of the first frame to shares of the second; null where no "
        "map was found."
    )
    score: float = Field(description="Likelihood of a copy, 0 to 1.")
    points: int = Field(
        description="Points that agree on the map; 0 where the frames lie on one another whole."
    )
    mirrored: bool
    overlap: list[float] | None = Field(description="Share of each frame that the other shows.")
    quality: list[int | None] = Field(description="JPEG quality of each, 1 to 100; null for other formats.")
