"""What the inference service says of itself and of its models."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

#: What one model can do now.
State = Literal["absent", "loading", "ready", "failing", "failed", "unloading"]


class ServedModel(BaseModel, frozen=True):
    """One version of a model as it is now."""

    name: str
    revision: str
    version: int = Field(description="1 for the oldest revision of this name, counting up.")
    current: bool = Field(description="Whether the plain name means this revision.")
    state: State
    failure: str = Field("", description="Why it cannot serve, a sentence; else empty.")
    tasks: list[str] = Field(description="What it does, as far as known before it is loaded.")
    preprocess: str | None = Field(None, description="Fingerprint of the preprocess; null unless loaded.")
    dimensions: int | None = Field(None, description="Numbers in its embeddings; null unless loaded.")
    input_side: int | None = Field(
        None, description="Side of the square of pixels it looks at; null where any size goes, or unloaded."
    )


class Health(BaseModel, frozen=True):
    """Whether the service can serve, and which models."""

    status: Literal["healthy", "loading", "draining", "failing", "failed"]
    model: str | None = Field(None, description="Name of the default model, once it is loaded.")
    revision: str | None = None
    preprocess: str | None = None
    dimensions: int | None = None
    input_side: int | None = None
    tasks: list[str] | None = Field(None, description="What the default model does.")
    uptime_seconds: float = Field(0.0, description="Seconds since the default model could first serve.")
    detail: str | None = Field(None, description="What is wrong, where something is.")
    models: list[ServedModel] = Field([], description="Every model there is.")


class Probe(BaseModel, frozen=True):
    """The answer to a probe of an orchestrator."""

    status: str


class StageTotal(BaseModel, frozen=True):
    """How often, and how long altogether."""

    count: int
    seconds: float


class ModelTotals(BaseModel, frozen=True):
    """Totals of one model since it was loaded; inputs are counted, not requests."""

    inputs: int = Field(description="Inputs that the model answered.")
    calls: int = Field(description="Calls of the model; inputs divided by calls is the mean batch.")
    last_call: float = Field(description="Unix time of the last call, seconds; 0 before the first.")
    success: StageTotal
    fail: StageTotal
    queue: StageTotal
    prepare: StageTotal
    infer: StageTotal
    finish: StageTotal
    cache_hit: StageTotal
    cache_miss: StageTotal
    batches: dict[int, StageTotal] = Field(description="Calls by number of inputs.")


class ModelVersion(BaseModel, frozen=True):
    """One of the revisions of a model."""

    version: int
    revision: str
    state: State
    current: bool


class ModelDetail(ServedModel, frozen=True):
    """Everything about one model."""

    bytes: int = Field(description="Memory of its weights, as far as known before it is loaded.")
    load_seconds: float = Field(description="What loading and warming up took; 0 before.")
    uptime_seconds: float = Field(description="Since it could first serve; 0 before.")
    statistics: ModelTotals
    versions: list[ModelVersion]


class ModelList(BaseModel, frozen=True):
    """Every model there is, by name and version."""

    default: str = Field(description="Name of the model that serves those who name none.")
    memory_bytes: int = Field(
        0, description="Memory the service has in use; 0 where the system does not say."
    )
    models: list[ServedModel]
