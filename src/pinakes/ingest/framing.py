"""What the one decode of a scan gives a model too: pixels whose embedding equals that of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pinakes.core.settings import ImageLimits
from pinakes.core.types import ModelIdentity, Pixels
from pinakes.images import decode
from pinakes.models.built_in import IDENTITY
from pinakes.models.global_descriptor import describe
from pinakes.models.tasks.picture_input import DECODE_FACTOR, PictureInput, framing

#: What becomes of a picture: pixels framed for a model, uint8 (side, side, 3), or already its embedding.
Framed = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Framing:
    """How pictures are made ready for a model while they are decoded; plain, so that processes can share it.

    `picture` is None for the model that ships: it has no weights, so that its embedding is made on the spot.
    """

    picture: PictureInput | None

    def working(
        self, image: Image.Image, encoded: bytes, suffix: str, limits: ImageLimits
    ) -> tuple[Pixels, Framed]:
        """Decode an opened picture: its reduced form, long side `WORKING_SIDE`, and what the model gets.

        `encoded` is decoded once more where one decode would not serve both; `ImageRefused` as `decode`.
        """
        if self.picture is None:
            pixels = decode.reduce(image, decode.WORKING_SIDE)
            return pixels, describe(pixels)
        short_side = DECODE_FACTOR * self.picture.side
        pixels, larger = decode.reduce_beside(image, decode.WORKING_SIDE, short_side)
        if larger is None:
            larger = decode.decode_at_least(encoded, short_side=short_side, limits=limits, suffix=suffix)
        return pixels, np.ascontiguousarray(self.picture.framed(larger))


def framing_of(model: ModelIdentity) -> Framing | None:
    """How a model's pictures are framed, where its identity spells it out; else it wants files."""
    if model == IDENTITY:
        return Framing(None)
    picture = framing(model.preprocess)
    return Framing(picture) if picture is not None else None
