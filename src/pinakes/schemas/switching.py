"""What the application takes and answers about indexes of several models."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from pinakes.schemas.jobs import JobProgress


class IndexState(BaseModel, frozen=True):
    """The index of one model and revision."""

    name: str = Field(description="Name of its collection.")
    model: str
    revision: str
    preprocess: str
    dimensions: int
    state: Literal["answering", "before", "beside"] = Field(
        description="Whether it answers searches, did so before, or was built beside."
    )
    points: int = Field(description="Vectors in it.")
    bytes: int = Field(description="Size of the vectors alone; indexes and payloads come on top.")
    assets: int = Field(description="Pictures of the library that are there.")
    indexed: int = Field(description="How many of these are in it.")
    refused: int = Field(description="How many its model could not embed.")
    lacking: int = Field(description="How many are still to be embedded.")


class IndexList(BaseModel, frozen=True):
    """All indexes, by name."""

    indexes: list[IndexState]


class BuildRequest(BaseModel, frozen=True):
    """Which model to build an index of."""

    model: str = Field(
        min_length=1, max_length=200, description="An installed model, or `name@revision`; an index's name."
    )
    again: bool = Field(False, description="Ask the model again about what it refused.")


class IndexJob(JobProgress, frozen=True):
    """The building of an index."""

    model: str
    index: str | None = Field(None, description="Name of the collection, once the model is loaded.")


class UseRequest(BaseModel, frozen=True):
    """Which index shall answer."""

    index: str = Field(min_length=1, max_length=200, description="Its name, or its model.")
    incomplete: bool = Field(False, description="Take it even where it lacks pictures.")


class CompareRequest(BaseModel, frozen=True):
    """What to compare."""

    index: str = Field(min_length=1, max_length=200, description="The other index: its name, or its model.")
    queries: list[str] = Field(default=[], max_length=100, description="Lines of the query language.")
    past: int = Field(50, ge=0, le=1000, description="How many past searches to compare as well.")
    limit: int = Field(10, ge=1, le=100, description="First hits that are held together.")


class ComparedHit(BaseModel, frozen=True):
    """A hit of one side, and where the other has it."""

    asset: int
    path: str | None = Field(description="null where the file went meanwhile.")
    sha256: str | None
    rank: int
    other: int | None = Field(description="Its rank on the other side; null beyond the first hundred.")


class ComparedSearch(BaseModel, frozen=True):
    """One search answered by both."""

    text: str
    now: list[ComparedHit]
    then: list[ComparedHit]
    overlap: float = Field(description="Share of the first hits that both have.")
    agreement: float = Field(description="Rank-biased overlap, 1 for the same order.")
    moved: float = Field(description="Mean number of ranks that shared hits moved by.")
    error: str = Field(description="Why it could not be compared, or nothing.")


class ComparisonAnswer(BaseModel, frozen=True):
    """How answers would change, searches that change most first."""

    now: str = Field(description="Key of the model that answers.")
    then: str = Field(description="Key of the other model.")
    limit: int
    overlap: float | None = Field(description="Mean over the searches that could be compared.")
    agreement: float | None
    searches: list[ComparedSearch]
