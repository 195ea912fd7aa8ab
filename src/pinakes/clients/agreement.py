"""Whether two embedders that claim one model give the same answer to the same picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pinakes.core.protocols import Embedder, PixelEmbedder
from pinakes.core.types import Pixels, Refusal, Vector

#: Least cosine between two answers of one model: runtimes round differently, models differ more.
LEAST_COSINE = 0.9999

#: Largest picture that is kept to compare answers with, bytes.
LARGEST_KEPT = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture and what a service answered to it."""

    image: bytes
    vector: Vector

    def cosine(self, other: Embedder) -> float:
        """Cosine between the kept answer and that of another embedder; -1 where it refuses the picture."""
        (found,) = other.embed([self.image])
        return _cosine(found, self.vector)


@dataclass(frozen=True, slots=True)
class KeptPixels:
    """A framed picture and what a service answered to it."""

    pixels: Pixels
    vector: Vector

    def cosine(self, other: Embedder) -> float:
        """As `Kept.cosine`; -1 also where the other takes no pixels."""
        if not isinstance(other, PixelEmbedder) or not other.takes_pixels():
            return -1.0
        (found,) = other.embed_pixels([self.pixels])
        return _cosine(found, self.vector)


def smallest(images: Sequence[bytes], outcomes: Sequence[Vector | Refusal | None]) -> Kept | None:
    """Return the smallest picture that was embedded; None where there is none, or it is too large to keep."""
    answered = [
        (len(image), index)
        for index, (image, outcome) in enumerate(zip(images, outcomes, strict=True))
        if outcome is not None and not isinstance(outcome, Refusal) and len(image) <= LARGEST_KEPT
    ]
    if not answered:
        return None
    index = min(answered)[1]
    outcome = outcomes[index]
    assert outcome is not None and not isinstance(outcome, Refusal)  # noqa: S101 - for the type
    return Kept(images[index], outcome)


def _cosine(found: Vector | Refusal, kept: Vector) -> float:
    if isinstance(found, Refusal) or found.shape != kept.shape:
        return -1.0
    return float(np.dot(found, kept))
