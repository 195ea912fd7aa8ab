"""Geometric verification: known maps are found again, and nothing is found where there is none."""

from itertools import combinations

import numpy as np
import pytest
from tests.altered import ALTERATIONS, PHOTOS, photo

from pinakes.images.homography import align, frame_corners, plausible_area, warp_points
from pinakes.images.keypoints import extract


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_altered_photos_align(alteration: str) -> None:
    pixels = photo("coffee")
    found = align(extract(pixels), extract(ALTERATIONS[alteration](pixels)))
    assert found is not None
    assert found.inliers >= 30 and found.inliers / found.matches > 0.7
    assert found.residual < 1
    assert found.mirrored == (alteration == "mirrored")
    assert (np.linalg.det(found.matrix[:2, :2]) < 0) == found.mirrored


def test_the_map_is_the_one_that_was_made() -> None:
    pixels = photo("astronaut")
    found = align(extract(pixels), extract(pixels[40:300, 60:340].copy()))
    assert found is not None
    landed = warp_points(found.matrix, np.array([[60.0, 40.0], [340.0, 300.0], [200.0, 100.0]]))
    assert np.allclose(landed, [[0, 0], [280, 260], [140, 60]], atol=1.5)
    assert found.area == pytest.approx(1, abs=0.05)


def test_different_photos_do_not_align() -> None:
    features = [extract(photo(name)) for name in PHOTOS]
    assert all(align(a, b) is None for a, b in combinations(features, 2))


def test_the_same_features_give_the_same_map() -> None:
    a, b = extract(photo("chelsea")), extract(ALTERATIONS["askew"](photo("chelsea")))
    one, two = align(a, b), align(a, b)
    assert one is not None and two is not None
    assert np.array_equal(one.matrix, two.matrix)


def test_nothing_aligns_with_an_empty_frame() -> None:
    empty = extract(np.zeros((200, 300, 3), np.uint8))
    assert align(empty, extract(photo("coffee"))) is None
    assert align(empty, empty) is None


def test_areas_of_sane_maps_and_none_of_folded_ones() -> None:
    assert plausible_area(np.diag([2.0, 3.0, 1.0]), 100, 80) == pytest.approx(6)
    assert plausible_area(np.diag([-1.0, 1.0, 1.0]), 100, 80) == pytest.approx(1)
    folded = np.eye(3)
    folded[2, 0] = -0.02
    assert plausible_area(folded, 100, 80) is None
    assert plausible_area(np.diag([1e-4, 1e-4, 1.0]), 100, 80) is None
    assert plausible_area(np.full((3, 3), np.nan), 100, 80) is None


def test_corners_go_clockwise() -> None:
    assert frame_corners(3, 2).tolist() == [[0, 0], [3, 0], [3, 2], [0, 2]]
