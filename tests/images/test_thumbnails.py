"""Thumbnails: small, upright, deterministic, close to the picture."""

import numpy as np
import pytest
from tests.pictures import shapes

from pinakes.images import thumbnails


@pytest.mark.parametrize(
    ("size", "expected"),
    [((600, 1200), (192, 384)), ((1200, 600), (384, 192)), ((100, 50), (100, 50)), ((1, 4000), (1, 384))],
)
def test_the_longer_side_is_bounded(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert thumbnails.decode(thumbnails.encode(shapes(1, *size))).shape == (*expected, 3)


def test_a_thumbnail_looks_like_its_picture() -> None:
    pixels = shapes(2, 768, 768)
    shown = thumbnails.decode(thumbnails.encode(pixels)).astype(int)
    assert np.abs(shown - thumbnails.fitted(pixels, thumbnails.LONG_SIDE)).mean() < 3


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert thumbnails.encode(shapes(3)) == thumbnails.encode(shapes(3))


def test_a_thumbnail_is_a_jpeg_of_moderate_size() -> None:
    made = thumbnails.encode(shapes(4, 2000, 3000))
    assert made.startswith(b"\xff\xd8\xff")
    assert len(made) < 200_000


def test_the_revision_names_what_decides_the_result() -> None:
    assert str(thumbnails.LONG_SIDE) in thumbnails.REVISION
    assert str(thumbnails.QUALITY) in thumbnails.REVISION
