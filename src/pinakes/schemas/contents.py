"""What the application answers about the files of the library."""

from __future__ import annotations

from pydantic import BaseModel, Field


class AssetRow(BaseModel, frozen=True):
    """A file that a scan met; the last four are those of its content, where it was stored."""

    path: str
    sha256: str | None
    bytes: int
    outcome: str = Field(description="stored, skipped or refused.")
    reason: str | None
    detail: str | None
    missing: bool = Field(description="Not there at the last scan.")
    width: int | None
    height: int | None
    format: str | None
    taken_at: float | None = Field(description="Unix time as if the camera's clock were UTC.")


class AssetPage(BaseModel, frozen=True):
    """Some files, in the order of paths."""

    assets: list[AssetRow]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")
