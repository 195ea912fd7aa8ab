"""How much of a frame is nothing but margin: borders that were added, and the corners a rotation left."""

from __future__ import annotations

import cv2
import numpy as np

from pinakes.core.types import Pixels
from pinakes.images.thumbnails import fitted

#: Longer side of the picture that is looked at, pixels.
_SIDE = 256

#: A smaller share than this is chance: a dark corner, a bit of sky.
_LEAST = 0.01

#: Largest departure, in grey levels, from the colour of the corner: JPEG's noise, and less than any sky's.
_TOLERANCE = 6


def empty_share(pixels: Pixels) -> float:
    """Share of the frame, 0…1, that hangs together with a corner and has its colour.

    Takes uint8 sRGB (height, width, 3). A plain background of the picture itself counts too; it does so
    alike in the picture and its copies.
    """
    small = np.ascontiguousarray(fitted(pixels, _SIDE))
    height, width = small.shape[:2]
    mask = np.zeros((height + 2, width + 2), dtype=np.uint8)
    near = (_TOLERANCE,) * 3
    flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
    for corner in ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)):
        if not mask[corner[1] + 1, corner[0] + 1]:
            cv2.floodFill(small, mask, corner, (0, 0, 0), near, near, flags)
    filled = mask[1:-1, 1:-1]
    # Reducing and JPEG blur the edge between margin and picture by about a pixel.
    return float(cv2.dilate(filled, np.ones((3, 3), np.uint8)).mean()) if filled.mean() > _LEAST else 0.0
