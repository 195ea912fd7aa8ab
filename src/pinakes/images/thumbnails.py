"""The small upright JPEG of every content: what people see and what later steps look at again."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from pinakes.core.types import Pixels

#: Longer side of a thumbnail in pixels; smaller pictures keep their size.
LONG_SIDE = 384

#: JPEG quality of a thumbnail, chroma not subsampled, so that colours and edges can be compared.
QUALITY = 88

#: Changes whenever a thumbnail of the same content would come out different.
REVISION = f"thumbnail-{LONG_SIDE}-q{QUALITY}"


def encode(pixels: Pixels) -> bytes:
    """Return the thumbnail of a picture as JPEG bytes; `pixels` is uint8 sRGB (height, width, 3)."""
    image = Image.fromarray(fitted(pixels, LONG_SIDE))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=QUALITY, subsampling=0)
    return stream.getvalue()


def decode(encoded: bytes) -> Pixels:
    """Return a thumbnail that `encode` made as uint8 sRGB of shape (height, width, 3)."""
    with Image.open(io.BytesIO(encoded), formats=("JPEG",)) as image:
        return np.array(image.convert("RGB"), dtype=np.uint8)


def fitted(pixels: Pixels, long_side: int) -> Pixels:
    """Return the picture reduced by area averaging until its longer side is at most `long_side` pixels."""
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
