"""Local features: bounds, spread, determinism, and mirroring without looking again."""

import numpy as np
import pytest
from tests.altered import photo

from pinakes.images.keypoints import BYTE_SCALE, GRID, MAX_POINTS, MIRROR, evenly, extract, mirrored, products


def test_a_photo_gives_bounded_features_in_its_own_pixels() -> None:
    pixels = photo("coffee")
    found = extract(pixels)
    assert 150 <= len(found) <= MAX_POINTS
    assert (found.width, found.height) == (pixels.shape[1], pixels.shape[0])
    assert found.points.dtype == np.float32 and found.descriptors.dtype == np.uint8
    assert (found.points[:, :2] >= 0).all() and (found.points[:, :2] < (found.width, found.height)).all()
    assert (found.points[:, 2] > 0).all()
    assert np.allclose(np.linalg.norm(found.descriptors.astype(float), axis=1), BYTE_SCALE, atol=6)


def test_the_same_pixels_give_the_same_features() -> None:
    one, two = extract(photo("chelsea")), extract(photo("chelsea"))
    assert np.array_equal(one.points, two.points) and np.array_equal(one.descriptors, two.descriptors)


@pytest.mark.parametrize("shape", [(1, 1), (7, 200), (384, 384)])
def test_empty_frames_give_none(shape: tuple[int, int]) -> None:
    assert len(extract(np.full((*shape, 3), 130, np.uint8))) == 0


def test_small_images_are_enlarged_and_report_their_own_pixels() -> None:
    found = extract(photo("astronaut", 100))
    assert len(found) > 50
    assert found.points[:, :2].max() < 100


def test_mirroring_features_is_mirroring_the_image() -> None:
    pixels = photo("rocket")
    expected, turned = extract(np.ascontiguousarray(pixels[:, ::-1])), mirrored(extract(pixels))
    gap = np.linalg.norm(turned.points[:, None, :2] - expected.points[None, :, :2], axis=2)
    nearest = gap.argmin(axis=1)
    same = gap.min(axis=1) < 0.7
    assert same.mean() > 0.8
    difference = turned.descriptors[same].astype(float) - expected.descriptors[nearest[same]]
    assert np.median(np.linalg.norm(difference, axis=1)) < 0.05 * BYTE_SCALE


def test_mirroring_a_patch_twice_is_nothing() -> None:
    assert np.array_equal(MIRROR[MIRROR], np.arange(128))


def test_every_prefix_is_spread_over_the_frame() -> None:
    rng = np.random.default_rng(0)
    places = rng.random((500, 2)).astype(np.float32)
    strengths = rng.random(500).astype(np.float32)
    order = evenly(places, strengths)
    assert sorted(order) == list(range(500))
    cells = (places * GRID).astype(int) @ np.array([1, GRID])
    assert len(set(cells[order[: len(set(cells))]])) == len(set(cells))


def test_products_are_those_of_the_matrices() -> None:
    rng = np.random.default_rng(0)
    for count in (0, 1, 7, 300):
        rows = rng.normal(size=(count, 128)).astype(np.float32)
        columns = rng.normal(size=(300, 128)).astype(np.float32).T
        assert np.allclose(products(rows, columns), rows @ columns, atol=1e-4)
