"""The seams between floors that have implementers in process and over a wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from pinakes.core.types import Caption, ModelIdentity, Refusal, Vector


@runtime_checkable
class Embedder(Protocol):
    """Turns pictures into embeddings; implemented in process, over HTTP, and by falling back between both."""

    @property
    def identity(self) -> ModelIdentity:
        """Which model answers, so that only comparable embeddings are compared.

        Raises:
            ServiceUnavailable: the model lives in a service that does not answer.
        """
        ...

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        """Embed encoded pictures (the bytes of JPEG, PNG, … files).

        Returns one entry per picture, in order: a unit-length float32 vector of shape
        (identity.dimensions,), or a `Refusal` for that picture alone. A bad picture never harms its
        neighbours. Calling twice with the same bytes gives the same vectors.

        Raises:
            ServiceUnavailable: the service went away and retries did not bring it back.
            ProtocolViolation: the service answered nonsense.
        """
        ...

    def close(self) -> None:
        """Release connections and memory; the embedder may not be used afterwards."""
        ...


@runtime_checkable
class TextEmbedder(Protocol):
    """Turns words into embeddings comparable with those of pictures by the same model."""

    def embed_texts(self, texts: Sequence[str]) -> list[Vector | Refusal]:
        """Embed words: one unit-length float32 vector of shape (identity.dimensions,) or `Refusal` each.

        Raises:
            InvalidRequest: the model has no text side.
            ServiceUnavailable, ProtocolViolation: as `Embedder.embed`.
        """
        ...


@runtime_checkable
class Captioner(Protocol):
    """Says what pictures show, in words."""

    def caption(self, images: Sequence[bytes]) -> list[Caption | Refusal]:
        """Describe encoded pictures, one entry each, in order; a bad picture never harms its neighbours.

        Raises:
            InvalidRequest: the model does not write captions.
            ServiceUnavailable, ProtocolViolation: as `Embedder.embed`.
        """
        ...
