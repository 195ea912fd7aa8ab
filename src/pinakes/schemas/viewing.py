"""What the pages are told of months and tiers."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Month(BaseModel, frozen=True):
    """A month of the library; `month` is 2019-07, or undated."""

    month: str
    count: int
    ratios: float = Field(description="Sum of width by height over its pictures.")


class Timeline(BaseModel, frozen=True):
    """Months, newest first, what has no date last."""

    months: list[Month]
    count: int


class MonthPage(BaseModel, frozen=True):
    """Pictures of a month, newest first, in columns of equal length."""

    assets: list[int]
    sha256: list[str]
    taken_at: list[float | None]
    ratios: list[float] = Field(description="Width by height, upright.")
    placeholders: list[str | None] = Field(
        description="Base64 of 4 × 3 pixels of 16 bits (565, low byte first), rows from the top."
    )


class TierCount(BaseModel, frozen=True):
    """The groups of one tier."""

    tier: str
    groups: int
    reclaimable_bytes: int


class TierCounts(BaseModel, frozen=True):
    """Tiers that have groups, strongest first."""

    tiers: list[TierCount]
