"""The model that ships with the product: no weights, no download, the same numbers everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from pinakes.core.types import ModelIdentity, Pixels, Vector
from pinakes.models.base import Decode
from pinakes.models.embedder import PixelEmbedder
from pinakes.models.global_descriptor import DIMENSIONS, REVISION, describe

#: Names the built-in model; the preprocess is what callers decode to, before `describe` reduces it further.
IDENTITY = ModelIdentity("pinakes-global", REVISION, "upright-srgb-512", DIMENSIONS)


class BuiltInModel:
    """Implements `PixelModel` with the weightless global descriptor; holds nothing, so closing is free."""

    @property
    def identity(self) -> ModelIdentity:
        """`pinakes-global`, 409 dimensions."""
        return IDENTITY

    def infer(self, batch: Sequence[Pixels]) -> list[Vector]:
        """Describe each picture by itself; see `describe`."""
        return [describe(pixels) for pixels in batch]

    def close(self) -> None:
        """Nothing to release."""


class BuiltInEmbedder(PixelEmbedder):
    """The built-in model behind `Embedder`.

    `decode` must give upright sRGB with a long side of at most 512 px (`images.decode.decode_reduced` with
    `WORKING_SIDE`), or raise `ImageRefused`.
    """

    def __init__(self, decode: Decode) -> None:
        super().__init__(BuiltInModel(), decode)
