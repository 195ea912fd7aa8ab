"""What the application tells people of models: those that are here, those that can be had, what they take."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from pinakes.schemas.jobs import JobProgress
from pinakes.schemas.models import State


class ModelMeasurement(BaseModel, frozen=True):
    """What one model took on the machine that serves it, as it was measured there."""

    measured_at: float = Field(description="Unix time, seconds.")
    revision: str
    load_seconds: float = Field(description="What loading and warming up took; 0 for a model in code.")
    picture_milliseconds: float | None = Field(description="Of one picture asked for alone; median.")
    batch_milliseconds: float | None = Field(description="Of a picture among many; the rate of ingestion.")
    text_milliseconds: float | None = Field(description="Of one line of words; median.")
    caption_milliseconds: float | None = Field(description="Of one caption; median.")
    weights_bytes: int = Field(description="Memory of its weights.")
    memory_bytes: int | None = Field(
        description="By how much the service grew; null where the model was loaded already."
    )


class ModelRevision(BaseModel, frozen=True):
    """One revision that is on this machine."""

    revision: str
    current: bool
    bytes: int
    source: str
    pulled_at: float = Field(description="Unix time, seconds.")


class PublishedFigures(BaseModel, frozen=True):
    """What others measured elsewhere, and who says so."""

    quality: float | None = Field(description="Higher is better; comparable within one measure only.")
    measure: str = Field(description="What was measured; empty where nothing was.")
    milliseconds: float | None = Field(description="Of one picture, on the source's machine.")
    mebibytes: float | None = Field(description="Peak memory, on the source's machine.")
    source: str


class KnownModel(BaseModel, frozen=True):
    """One model by name, whether or not it is here."""

    name: str
    state: Literal["ships", "available", "installed", "elsewhere"] = Field(
        description="`elsewhere`: the inference service has it, and this machine's store has not."
    )
    served: State | None = Field(description="Its state in the inference service; null where it is unknown.")
    failure: str = Field(description="Why it cannot serve, a sentence; else empty.")
    is_recommended: bool = Field(description="Whether it is the one that is meant where none is named.")
    is_default: bool = Field(description="Whether the service answers with it who names none.")
    about: str
    tasks: list[str]
    dimensions: int = Field(description="Numbers in its embeddings; 0 where it gives none, or unloaded.")
    bytes: int = Field(description="Size on disk; about that of the download where it is not here.")
    memory_bytes: int | None = Field(description="Memory of its weights while it is loaded.")
    licence: str
    licence_note: str
    languages: str
    repository: str = Field(description="Where it is had from; empty where nowhere.")
    extra: str = Field(description="Optional dependency that it takes; empty for none.")
    published: PublishedFigures | None
    revisions: list[ModelRevision]
    job: str | None = Field(description="The pull or measurement under way.")
    measured: ModelMeasurement | None


class InferencePlace(BaseModel, frozen=True):
    """Where models are served, and whether anything answers there."""

    state: Literal["answering", "away", "none"] = Field(
        description="`none`: this process embeds itself, or asks a service with models of its own."
    )
    url: str
    detail: str = Field(description="Why models cannot be loaded and measured, a sentence; else empty.")
    remedy: str
    memory_bytes: int = Field(description="Memory the service has in use; 0 where it does not say.")


class ModelShelf(BaseModel, frozen=True):
    """Every model that ships, is installed, served or known."""

    inference: InferencePlace
    models: list[KnownModel]
    directory: str = Field(description="Where models are kept on this machine.")
    free_bytes: int = Field(description="Room on its disk.")
    hub: str = Field(description="Where they are had from.")


class PullRequest(BaseModel, frozen=True):
    """Which model to get."""

    model: str = Field(
        min_length=1, max_length=200, description="A name or alias of the registry, or a hub's `owner/name`."
    )


class ModelJob(JobProgress, frozen=True):
    """A pull, which counts bytes, or a measurement, which counts its steps."""

    model: str
    unit: str = Field("", description="What is counted: bytes, or nothing.")


class LoadedState(BaseModel, frozen=True):
    """A model of the inference service after it was asked to load or unload it."""

    name: str
    state: State
    failure: str


class RemovedModel(BaseModel, frozen=True):
    """What is gone from this machine."""

    name: str
    revisions: list[str]
    bytes: int = Field(description="Room that is free again.")
