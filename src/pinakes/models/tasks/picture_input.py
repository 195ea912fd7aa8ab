"""Decoded pictures to the tensor a model looks at, number for number as the reference processors make it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pinakes.core.types import Pixels

#: Pictures are decoded to at least this many times the model's side, so that a JPEG that is reduced while it
#: is decoded still comes out nearly as if it had been decoded in full; docs/guide/models.md has the measures.
DECODE_FACTOR = 2

#: Means and deviations of an input of which only the framing counts.
_ANY = (0.5, 0.5, 0.5)

#: Family of the inputs that open_clip describes; they alone round the offset of a crop.
OPEN_CLIP = "open_clip"

_FRAMING = re.compile(
    r"(?P<family>[a-z_]+)-(?P<side>\d{2,4})-(?P<resample>nearest|bilinear|bicubic|lanczos)"
    r"-(?P<frame>center|squash)-[0-9a-f]{8}\Z"
)


@dataclass(frozen=True, slots=True)
class PictureInput:
    """How a picture becomes float32 (3, height, width).

    Attributes:
        family: the processor's name, for people.
        height, width: of the result, pixels.
        shortest: the shorter side is first brought to this length and the middle cut out; None where the
            picture is brought to (height, width) whatever its proportions.
        resample: Pillow's number of the filter.
        mean, std: per channel, of values from 0 to 1.
        scale: what bytes are multiplied by first.
        rounded: the crop's offset is rounded half to even, as torchvision does; else downwards.
    """

    family: str
    height: int
    width: int
    shortest: int | None
    resample: Image.Resampling
    mean: tuple[float, ...]
    std: tuple[float, ...]
    scale: float = 1 / 255
    rounded: bool = False
    _levels: NDArray[np.float32] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        levels = (np.arange(256, dtype=np.float64) * self.scale).astype(np.float32)
        mean, std = (np.array(values, dtype=np.float32)[:, None] for values in (self.mean, self.std))
        object.__setattr__(self, "_levels", (levels - mean) / std)

    def __call__(self, pixels: Pixels) -> NDArray[np.float32]:
        """The tensor of one picture: uint8 sRGB (height, width, 3) to float32 (3, height, width)."""
        framed = self.framed(pixels)
        tensor = np.empty((3, self.height, self.width), dtype=np.float32)
        # A byte has 256 values: looking the result up is exact, and quicker than computing it per pixel.
        for channel in range(3):
            np.take(self._levels[channel], framed[..., channel], out=tensor[channel], mode="clip")
        return tensor

    @property
    def side(self) -> int:
        """The longer side of what the model looks at, pixels."""
        return max(self.height, self.width)

    @property
    def mode(self) -> str:
        """How pictures are framed, such as `clip-224-bicubic-center`; `framing` reads it back."""
        frame = "squash" if self.shortest is None else "center"
        size = f"{self.side}" if self.height == self.width else f"{self.height}x{self.width}"
        size += f"of{self.shortest}" if self.shortest not in (None, self.side) else ""
        return f"{self.family}-{size}-{self.resample.name.lower()}-{frame}"

    @property
    def numbers(self) -> tuple[Any, ...]:
        """Everything that changes the result, to be hashed."""
        return (
            *(self.height, self.width, self.shortest, int(self.resample)),
            *(self.mean, self.std, self.scale, self.rounded, DECODE_FACTOR),
        )

    def framed(self, pixels: Pixels) -> Pixels:
        """The part of a picture that the model looks at, in its size: uint8 (height, width, 3)."""
        image = Image.fromarray(pixels)
        if self.shortest is None:
            return _resized(image, (self.width, self.height), self.resample)
        small = _resized(image, _scaled(image.size, self.shortest), self.resample)
        return _cropped(small, self.height, self.width, round if self.rounded else int)


def framing(preprocess: str) -> PictureInput | None:
    """What frames pictures as a `preprocess` says, so that only pixels need be sent to where the model is.

    None where it says nothing of the kind, or frames in a way that it does not spell out. What comes after
    the framing is the model's own: the numbers of the result's tensor are not.
    """
    told = _FRAMING.match(preprocess)
    if told is None:
        return None
    side = int(told["side"])
    return PictureInput(
        told["family"],
        side,
        side,
        side if told["frame"] == "center" else None,
        Image.Resampling[told["resample"].upper()],
        _ANY,
        _ANY,
        rounded=told["family"] == OPEN_CLIP,
    )


def fingerprint(picture: PictureInput, *more: object) -> str:
    """The mode with a hash of every number, and of whatever `more` changes a result."""
    digest = hashlib.sha256(repr((picture.numbers, more)).encode()).hexdigest()
    return f"{picture.mode}-{digest[:8]}"


def _scaled(size: tuple[int, int], shortest: int) -> tuple[int, int]:
    width, height = size
    if width <= height:
        return shortest, int(shortest * height / width)
    return int(shortest * width / height), shortest


def _resized(image: Image.Image, size: tuple[int, int], resample: Image.Resampling) -> Pixels:
    return np.asarray(image.resize(size, resample))


def _cropped(pixels: Pixels, height: int, width: int, whole: Callable[[float], int]) -> Pixels:
    top, left = (
        whole((length - wanted) / 2) for length, wanted in zip(pixels.shape, (height, width), strict=False)
    )
    return pixels[top : top + height, left : left + width]
