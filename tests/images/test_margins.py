"""Added borders and the corners of a rotation are margin; a picture's own detail is none."""

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.pictures import shapes

from pinakes.images.margins import empty_share


def test_a_picture_without_margin_has_none() -> None:
    assert empty_share(shapes(1)) < 0.02


@pytest.mark.parametrize("colour", ["white", "black", "navy"])
def test_a_border_counts_by_its_area(colour: str) -> None:
    photo = Image.fromarray(shapes(1))
    framed = np.asarray(ImageOps.expand(photo, border=32, fill=colour))
    share = 1 - 192 * 256 / (framed.shape[0] * framed.shape[1])
    assert empty_share(framed) == pytest.approx(share, abs=0.04)


def test_the_corners_of_a_rotation_count() -> None:
    turned = Image.fromarray(shapes(1)).rotate(10, expand=True)
    assert empty_share(np.asarray(turned)) == pytest.approx(
        1 - 192 * 256 / (turned.width * turned.height), abs=0.05
    )


def test_a_plain_frame_is_nothing_but_margin() -> None:
    assert empty_share(np.zeros((90, 60, 3), np.uint8)) == 1.0
