"""The seams between floors that have implementers in process and over a wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from pinakes.core.types import Caption, ModelIdentity, Pixels, Refusal, Vector


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
class PixelEmbedder(Protocol):
    """An `Embedder` that also takes pictures which were decoded and framed for its model elsewhere."""

    def takes_pixels(self) -> bool:
        """Whether pixels, framed as `identity.preprocess` spells out, get the embeddings that files get.

        Raises:
            ServiceUnavailable, ProtocolViolation: as `Embedder.embed`.
        """
        ...

    def embed_pixels(self, pictures: Sequence[Pixels]) -> list[Vector | Refusal]:
        """Embed framed pictures, uint8 sRGB (side, side, 3), as `Embedder.embed` embeds files.

        Raises:
            InvalidRequest: the model takes no pixels.
            ServiceUnavailable, ProtocolViolation: as `Embedder.embed`.
        """
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

    @property
    def identity(self) -> ModelIdentity:
        """Which model answers, so that what it wrote is kept apart from what others write.

        Raises:
            ServiceUnavailable: the model lives in a service that does not answer.
        """
        ...

    def caption(self, images: Sequence[bytes]) -> list[Caption | Refusal]:
        """Describe encoded pictures, one entry each, in order; a bad picture never harms its neighbours.

        Raises:
            InvalidRequest: the model does not write captions.
            ServiceUnavailable, ProtocolViolation: as `Embedder.embed`.
        """
        ...


@runtime_checkable
class TextReader(Protocol):
    """Reads the words that stand in pictures: signs, pages, screens."""

    @property
    def identity(self) -> ModelIdentity:
        """Which model reads; its `dimensions` are 0."""
        ...

    def read(self, images: Sequence[bytes]) -> list[str | Refusal]:
        """Read encoded pictures: a line of text per line found, "" where there is none, one entry each.

        A bad picture never harms its neighbours.
        """
        ...

    def close(self) -> None:
        """Release memory; the reader may not be used afterwards."""
        ...
