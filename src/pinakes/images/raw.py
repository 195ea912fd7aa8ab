"""Camera RAW through LibRaw, where the `raw` extra is installed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from PIL import Image

from pinakes.core.errors import ImageRefused
from pinakes.core.types import Reason

#: Where a picture that was developed says what its full size is.
FULL_SIZE = "full-size"


def available() -> bool:
    """Whether the `raw` extra is installed."""
    return find_spec("rawpy") is not None


def check(encoded: bytes) -> None:
    """Have LibRaw read the head of a camera RAW file; no pixel is developed.

    Raises:
        ImageRefused: the extra is missing, or LibRaw does not know the file.
    """
    with _opened(encoded):
        pass


def develop(encoded: bytes, *, long_side: int = 0, most_pixels: int = 0) -> Image.Image:
    """Return a camera RAW file as an RGB picture: LibRaw's own rendering, upright.

    It comes at half size, a quarter of the work and memory, unless its longer side is to have more pixels
    than that, and the whole has at most `most_pixels`.

    Raises:
        ImageRefused: the extra is missing, or LibRaw cannot read the file.
    """
    with _opened(encoded) as negative:
        across, down = negative.sizes.width, negative.sizes.height
        whole = long_side > max(across, down) // 2 and across * down <= most_pixels
        image = Image.fromarray(negative.postprocess(half_size=not whole, use_camera_wb=True))
    image.format = "RAW"
    image.info[FULL_SIZE] = image.size if whole else (2 * image.width, 2 * image.height)
    return image


@contextmanager
def _opened(encoded: bytes) -> Iterator[Any]:
    if not available():
        raise ImageRefused(
            Reason.NEEDS_EXTRA,
            "Camera RAW needs an extra that is not installed.",
            remedy="Install it with: pip install 'pinakes[raw]'.",
        )
    import rawpy

    try:
        with rawpy.imread(io.BytesIO(encoded)) as negative:
            yield negative
    except rawpy.LibRawError as error:
        raise ImageRefused(
            Reason.DAMAGED,
            f"It cannot be read as camera RAW: {type(error).__name__}.",
            remedy="Open it in the camera maker's program.",
        ) from error
