"""Cutting a region out of a picture, so that only what is in it is compared."""

from __future__ import annotations

import io
import math

from PIL import Image

from pinakes.core.errors import ImageRefused, InvalidRequest
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images.decode import decode_reduced
from pinakes.search.question import Region

#: Longer side that a region has after decoding where the picture has as much, pixels: models look at less.
SIDE = 1024

#: Shortest side of a region, pixels; below, there is nothing to see.
LEAST_SIDE = 8


def check_region(region: Region) -> None:
    """Refuse with `InvalidRequest` what is no rectangle within the picture."""
    right, bottom = region.left + region.width, region.top + region.height
    values = (region.left, region.top, region.width, region.height)
    inside = all(math.isfinite(value) for value in values) and min(region.left, region.top) >= 0
    if not inside or min(region.width, region.height) <= 0 or max(right, bottom) > 1 + 1e-6:
        raise InvalidRequest(
            "A region has left, top, width and height as shares of the upright picture, from 0 to 1, and "
            "lies within it."
        )


def cut(encoded: bytes, region: Region, limits: ImageLimits, suffix: str = "") -> bytes | Refusal:
    """The region of an encoded picture, turned upright first, as PNG; or why the picture is refused.

    Plain values in and out, so that it may run in a decoding process.
    """
    share = max(region.width, region.height)
    try:
        pixels = decode_reduced(encoded, long_side=math.ceil(SIDE / share), limits=limits, suffix=suffix)
    except ImageRefused as refused:
        return Refusal(Reason(refused.reason), refused.sentence)
    height, width = pixels.shape[:2]
    top, bottom = _within(region.top, region.height, height)
    left, right = _within(region.left, region.width, width)
    stream = io.BytesIO()
    Image.fromarray(pixels[top:bottom, left:right]).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def _within(start: float, length: float, size: int) -> tuple[int, int]:
    """First pixel and the one after the last, at least `LEAST_SIDE` apart where the picture is as long."""
    first, last = round(start * size), round((start + length) * size)
    missing = max(0, min(LEAST_SIDE, size) - (last - first))
    first = max(0, min(first - missing // 2, size - min(LEAST_SIDE, size)))
    return first, min(size, max(last, first + min(LEAST_SIDE, size)))
