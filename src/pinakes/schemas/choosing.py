"""Pictures that were chosen in the grid: by where they are in it, and by their ids."""

from __future__ import annotations

from pydantic import BaseModel, Field, model_validator

#: Pictures that one request may name.
MOST_CHOSEN = 10_000


class ChosenInterval(BaseModel, frozen=True):
    """Neighbours within a month, in the order in which the timeline lists it."""

    month: str = Field(description="2019-07, or undated.")
    start: int = Field(ge=0, description="Offset of the first.")
    end: int = Field(gt=0, description="Offset after the last.")
    count: int = Field(gt=0, description="Pictures the month had when these were chosen.")

    @model_validator(mode="after")
    def _in_order(self) -> ChosenInterval:
        if not self.start < self.end <= self.count:
            raise ValueError("an interval begins before it ends, within its month")
        return self


class ChosenRequest(BaseModel, frozen=True):
    """Intervals of the library, or of what lies below one folder."""

    intervals: list[ChosenInterval] = Field(min_length=1, max_length=MOST_CHOSEN)
    folder: str | None = Field(None, description="Absolute path, where only that folder was shown.")


class ChosenAssets(BaseModel, frozen=True):
    """Their ids, in the order of the intervals' months and offsets."""

    assets: list[int]


class PlaceInTimeline(BaseModel, frozen=True):
    """Where the timeline has a picture."""

    month: str
    offset: int


class DownloadRequest(BaseModel, frozen=True):
    """Assets whose files are wanted."""

    assets: list[int] = Field(min_length=1, max_length=MOST_CHOSEN)


class Download(BaseModel, frozen=True):
    """A zip that can be fetched for a while."""

    download: str = Field(description="Its name, for GET /api/v1/assets/download/{download}.")
    pictures: int
    bytes: int = Field(description="Sum of the files' sizes at the last scan.")
