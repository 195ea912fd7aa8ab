"""What the inference service takes and answers as JSON."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class EncodedImage(BaseModel, frozen=True):
    """One picture in a JSON request, with a name that comes back when it is refused."""

    data: str = Field(description="Base64 of the file's bytes, or a `data:` URI that holds it.")
    name: str | None = Field(None, description="Whatever the caller calls the picture.")


class EmbedRequest(BaseModel, frozen=True):
    """Several pictures as base64; answered in this order."""

    images: list[str | EncodedImage] = Field(
        description="Base64 of each file's bytes, or objects with `data`."
    )


class RefusedImage(BaseModel, frozen=True):
    """One picture of a request that could not be embedded, while its neighbours were."""

    index: int = Field(ge=0, description="Place in the request, from 0.")
    name: str | None = Field(None, description="The name the caller gave it, if any.")
    reason: str = Field(description="Why, a stable word such as `truncated` or `unsupported-format`.")
    detail: str = Field(description="Why, a sentence.")


class EmbedResponse(BaseModel, frozen=True):
    """Embeddings in request order; those may be compared whose model, revision and preprocess are equal."""

    model: str
    revision: str
    preprocess: str = Field(description="Fingerprint of all that happens to the bytes before inference.")
    dimensions: int
    normalised: Literal[True] = Field(True, description="Every embedding has Euclidean length 1.")
    embeddings: list[list[float] | None] = Field(description="null where the picture was refused.")
    refused: list[RefusedImage]
    seconds: float = Field(description="Time from the request's last byte to this answer.")


class Health(BaseModel, frozen=True):
    """Whether the service can serve, and which model."""

    status: Literal["healthy", "loading", "draining", "failing", "failed"]
    model: str | None = None
    revision: str | None = None
    preprocess: str | None = None
    dimensions: int | None = None
    uptime_seconds: float = Field(0.0, description="Seconds since the model could first serve.")
    detail: str | None = Field(None, description="What is wrong, where something is.")
