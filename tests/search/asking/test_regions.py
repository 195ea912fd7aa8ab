"""Regions are cut out of upright pixels, and hold what a person drew a frame around."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.pictures import encoded, exif, shapes

from pinakes.core.errors import InvalidRequest
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Refusal
from pinakes.search.asking.regions import SIDE, check_region, cut
from pinakes.search.question import Region


def pixels_of(piece: bytes | Refusal) -> np.ndarray:
    assert isinstance(piece, bytes)
    return np.asarray(Image.open(io.BytesIO(piece)))


def test_a_region_holds_the_very_pixels() -> None:
    picture = shapes(1, 100, 200)
    piece = pixels_of(cut(encoded(picture, "PNG"), Region(0.25, 0.5, 0.5, 0.25), ImageLimits()))
    assert np.array_equal(piece, picture[50:75, 50:150])


def test_a_region_is_of_the_picture_as_it_is_seen() -> None:
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, :40] = 255
    turned = encoded(picture, "PNG", exif=exif(Orientation=6))  # seen upright, the white half is on top
    piece = pixels_of(cut(turned, Region(0, 0, 1, 0.5), ImageLimits()))
    assert piece.shape == (40, 40, 3)
    assert piece.min() == 255


def test_a_large_picture_is_reduced_until_the_region_is_as_large_as_models_look_at() -> None:
    piece = pixels_of(cut(encoded(shapes(1, 1600, 2400)), Region(0, 0, 0.5, 0.5), ImageLimits()))
    assert max(piece.shape) == SIDE


def test_what_does_not_decode_is_refused_with_its_reason() -> None:
    piece = cut(b"no picture", Region(0, 0, 1, 1), ImageLimits())
    assert isinstance(piece, Refusal)
    assert piece.reason == "damaged"


@given(
    *[st.floats(0, 0.99)] * 2,
    *[st.floats(1e-6, 1)] * 2,
    st.integers(1, 60),
    st.integers(1, 60),
)
def test_every_region_within_a_picture_has_pixels(
    left: float, top: float, width: float, height: float, rows: int, columns: int
) -> None:
    region = Region(left, top, min(width, 1 - left), min(height, 1 - top))
    piece = pixels_of(cut(encoded(shapes(0, rows, columns), "PNG"), region, ImageLimits()))
    assert piece.shape[0] >= min(8, rows)
    assert piece.shape[1] >= min(8, columns)


@pytest.mark.parametrize(
    "region",
    [
        Region(-0.1, 0, 0.5, 0.5),
        Region(0, 0, 0, 1),
        Region(0.6, 0, 0.5, 1),
        Region(0, 0, 1, float("nan")),
        Region(float("inf"), 0, 1, 1),
    ],
)
def test_what_is_no_region_is_refused(region: Region) -> None:
    with pytest.raises(InvalidRequest, match="region"):
        check_region(region)
