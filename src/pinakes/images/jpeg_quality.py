"""How hard a JPEG was compressed, from its quantisation table: the header alone is read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

#: The luminance table that most encoders scale (ITU-T T.81, table K.1), row by row.
_LUMINANCE: Final = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    dtype=np.float64,
).ravel()


def jpeg_quality(path: str) -> int | None:
    """The quality, 1 to 100, as libjpeg counts it; None for what is no JPEG or cannot be opened.

    Encoders with tables of their own get the quality whose table is as coarse on the whole.
    """
    try:
        with Image.open(Path(path), formats=("JPEG", "MPO")) as image:
            table = getattr(image, "quantization", {}).get(0)
    except (OSError, ValueError, SyntaxError):
        return None
    return None if table is None else _quality_of(float(np.sum(table)))


def _quality_of(coarseness: float) -> int:
    sums = [float(_scaled(quality).sum()) for quality in range(1, 101)]
    return 1 + int(np.argmin(np.abs(np.array(sums) - coarseness)))


def _scaled(quality: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The table that libjpeg makes for a quality."""
    percent = 5000 / quality if quality < 50 else 200 - 2 * quality
    return np.clip(np.floor((_LUMINANCE * percent + 50) / 100), 1, 255)
