"""A placeholder is the picture in twelve colours, in a bitmap's own form."""

import base64
import io
import struct

import numpy as np
import pytest
from PIL import Image

from pinakes.images import placeholders

#: The head that the pages put before a placeholder.
HEAD = struct.pack("<2sIHHI", b"BM", 90, 0, 0, 66) + struct.pack(
    "<IiiHHIIiiIIIII", 40, 4, -3, 1, 16, 3, 24, 0, 0, 0, 0, 0xF800, 0x07E0, 0x001F
)


def shown(text: str) -> np.ndarray:
    """What a browser makes of a placeholder: (3, 4, 3)."""
    with Image.open(io.BytesIO(HEAD + base64.b64decode(text, validate=True))) as image:
        return np.asarray(image.convert("RGB"), dtype=int)


def test_every_colour_is_at_its_place_within_a_step() -> None:
    colours = np.random.default_rng(5).integers(0, 256, (3, 4, 3), dtype=np.uint8)
    picture = colours.repeat(50, axis=0).repeat(70, axis=1)
    assert np.abs(shown(placeholders.encode(picture)) - colours).max() <= 8


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (2, 3), (511, 512)])
def test_pictures_of_any_size_have_one_of_32_letters(size: tuple[int, int]) -> None:
    white = np.full((*size, 3), 255, dtype=np.uint8)
    text = placeholders.encode(white)
    assert len(text) == 32 and (shown(text) == 255).all()


def test_black_stays_black() -> None:
    assert (shown(placeholders.encode(np.zeros((30, 40, 3), np.uint8))) == 0).all()
