"""What stands where a thumbnail will be: twelve colours, which a browser draws as one blurred picture."""

from __future__ import annotations

import base64

import cv2
import numpy as np
from numpy.typing import NDArray

from pinakes.core.types import Pixels

#: Pixels across and down, whatever the shape of the picture: stretched over its box, they are a blur of it.
WIDTH, HEIGHT = 4, 3

#: Changes whenever the placeholder of the same pixels would come out different.
REVISION = f"blur-{WIDTH}x{HEIGHT}"


def encode(pixels: Pixels) -> str:
    """Return the placeholder of a picture, uint8 sRGB (height, width, 3): 32 characters of base64.

    They are 24 bytes, the pixels of a bitmap (BMP, 16 bits: 5 red, 6 green, 5 blue, low byte first) whose
    rows go from the top, so that a browser needs only to put the bitmap's head before them.
    """
    small = cv2.resize(pixels, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.uint16)
    red, green, blue = np.moveaxis(small, 2, 0)
    packed = (_in_bits(red, 5) << 11) | (_in_bits(green, 6) << 5) | _in_bits(blue, 5)
    return base64.b64encode(packed.astype("<u2").tobytes()).decode("ascii")


def _in_bits(channel: NDArray[np.uint16], bits: int) -> NDArray[np.uint16]:
    scaled: NDArray[np.uint16] = (channel * np.uint16(2**bits - 1) + np.uint16(127)) // np.uint16(255)
    return scaled
