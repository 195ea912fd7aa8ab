"""A few hundred small JPEGs that stand for the thumbnails of a made-up library of any size."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pinakes.images import placeholders, thumbnails

#: How many there are.
MADE = 300

#: Width and height of thumbnails, in turns.
SHAPES = ((384, 256), (384, 288), (256, 384), (384, 216), (288, 384))


class Thumbnails:
    """A `BlobStore` in memory in which every content has one of the pictures, chosen by its name."""

    def __init__(self) -> None:
        self._made = [thumbnails.encode(picture(number)) for number in range(MADE)]

    def get(self, key: str) -> bytes | None:
        """The JPEG of a content."""
        return self._made[number_of(key)]

    def put(self, key: str, blob: bytes) -> None:
        """Keep nothing."""

    def delete(self, key: str) -> None:
        """Forget nothing."""


def number_of(sha256: str) -> int:
    """Which of the pictures a content has."""
    return int(sha256[:8], 16) % MADE


def picture(number: int) -> NDArray[np.uint8]:
    """Soft colours with some edges and grain, about as many bytes as a photo's thumbnail has."""
    rng = np.random.default_rng(number)
    width, height = SHAPES[number % len(SHAPES)]
    soft = cv2.resize(
        rng.integers(0, 256, (4, 5, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC
    )
    for _ in range(12):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(rng.integers(5, 90)), int(rng.integers(5, 60)))
        colour = tuple(int(level) for level in rng.integers(0, 256, 3))
        cv2.ellipse(soft, centre, axes, float(rng.integers(180)), 0, 360, colour, -1, cv2.LINE_AA)
    painted = cv2.add(soft, rng.integers(0, 16, soft.shape, np.uint8))
    return np.asarray(painted, dtype=np.uint8)


def placeholder(number: int) -> str:
    """The placeholder of one of the pictures."""
    return placeholders.encode(picture(number))
