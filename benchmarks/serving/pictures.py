"""Pictures every server gets: JPEGs of a wanted size, made by a program, no two alike."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from PIL import Image

#: Sizes that are asked for: a photo for the web, and one that a phone would shrink to; bytes.
USUAL, LARGE = 100_000, 1_000_000

#: Different pictures in a round, so that nothing can be answered from memory of the last.
COUNT = 32


@cache
def pictures(nbytes: int = USUAL, count: int = COUNT) -> tuple[bytes, ...]:
    """Make square colour JPEGs near a size: 1024 px for 100 KB, in proportion for others."""
    side = round(1024 * (nbytes / USUAL) ** 0.5 / 8) * 8
    return tuple(_near(nbytes, side, seed) for seed in range(count))


def _near(nbytes: int, side: int, seed: int) -> bytes:
    """A picture whose quality is chosen by halving until its size is near."""
    image = _painting(side, seed)
    low, high = 5, 96
    while high - low > 1:
        quality = (low + high) // 2
        low, high = (quality, high) if len(_saved(image, quality)) <= nbytes else (low, quality)
    return _saved(image, low)


def _saved(image: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def _painting(side: int, seed: int) -> Image.Image:
    """Noise of four coarsenesses over one another, whose spectrum falls off as that of photos does."""
    random = np.random.default_rng(seed)
    total = np.zeros((side, side, 3), dtype=np.float32)
    for coarse, weight in ((8, 0.5), (32, 0.25), (128, 0.15), (512, 0.1)):
        grain = random.integers(0, 256, (coarse, coarse, 3), dtype=np.uint8)
        layer = Image.fromarray(grain).resize((side, side), Image.Resampling.BICUBIC)
        total += weight * np.asarray(layer, dtype=np.float32)
    return Image.fromarray(np.clip(total, 0, 255).astype(np.uint8))
