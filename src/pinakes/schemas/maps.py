"""What the application takes and answers about maps, and about the game that is played on them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from pinakes.schemas.jobs import JobProgress


class MapRequest(BaseModel, frozen=True):
    """Whether to lay everything out anew."""

    again: bool = Field(False, description="Move every picture; else those that have a place keep it.")


class MapJob(JobProgress, frozen=True):
    """The making of a map."""

    assets: int | None = Field(None, description="Pictures on it, once it is made.")


class MapRegion(BaseModel, frozen=True):
    """A place where many pictures lie together."""

    x: float
    y: float
    count: int = Field(description="Pictures in it.")
    assets: list[int] = Field(description="Pictures that stand for it, the most typical first.")
    words: list[str] = Field(description="What tells it from the rest, best first; may be empty.")


class MapQuality(BaseModel, frozen=True):
    """How much of the embedding space the plane keeps, measured at a thousand pictures; 1 is all."""

    kept: float = Field(description="Share of the nearest ten that are among the nearest ten on the plane.")
    trustworthiness: float = Field(description="Lower where pictures are near on the plane alone.")


class MapAbout(BaseModel, frozen=True):
    """The map of the index that answers, all but the places themselves."""

    index: str = Field(description="Name of the collection.")
    model: str = Field(description="Key of its model.")
    method: str
    made_at: float = Field(description="Unix time, seconds, at which everything was laid out.")
    count: int = Field(description="Pictures on it.")
    lacking: int = Field(description="Indexed pictures that have no place yet; `POST /map` gives them one.")
    added: int = Field(description="Pictures that were put beside others since everything was laid out.")
    quality: MapQuality
    regions: list[MapRegion]
    points: str = Field(description="Where the places are, below the service's base URL.")


class MapPicture(BaseModel, frozen=True):
    """A picture as a page shows it beside the map."""

    asset: int
    sha256: str
    path: str
    taken_at: float | None = Field(description="Unix time as if the camera's clock were UTC.")
    ratio: float = Field(description="Width by height, upright.")


class MapPictures(BaseModel, frozen=True):
    """Those that were asked for and are there."""

    pictures: list[MapPicture]


class GamePicture(BaseModel, frozen=True):
    """A picture of a round."""

    asset: int
    sha256: str


class GameRound(BaseModel, frozen=True):
    """Five pictures, and four words: for which one did the model choose them?"""

    pictures: list[GamePicture]
    words: list[str] = Field(description="Four, in the order of the alphabet.")
    token: str = Field(description="To be sent back with the answer, within an hour.")
    by: Literal["words", "regions"] = Field(
        description="Whether the model knows words, or these are those of the map's regions."
    )


class GameGuess(BaseModel, frozen=True):
    """An answer to a round."""

    token: str = Field(max_length=4096)
    word: str = Field(max_length=200)


class GameNearness(BaseModel, frozen=True):
    """How near a word is to each picture of a round."""

    word: str
    cosines: list[float] = Field(description="In the order of the pictures; higher is nearer.")


class GameVerdict(BaseModel, frozen=True):
    """Whether the answer was right, and which word it was."""

    right: bool
    word: str
    nearness: list[GameNearness] = Field(description="Of each word of the round; empty where it went.")
