"""Pixel agreement: copies agree exactly where nothing was pasted, second takes nowhere quite."""

import numpy as np
import pytest
from tests.altered import jpeg, lettered, photo, regraded, second_take

from pinakes.images.agreement import agreement

AS_IT_IS = np.eye(3)


def test_a_recompressed_photo_agrees_everywhere() -> None:
    pixels = photo("coffee")
    seen = agreement(pixels, jpeg(regraded(pixels)), AS_IT_IS)
    assert seen is not None
    assert seen.exact > 0.9 and seen.wrong < 0.02 and seen.solid == 0
    assert seen.drift < 0.05
    assert (seen.overlap_a, seen.overlap_b) == (1, 1)


def test_a_rough_map_is_refined_to_a_fraction_of_a_pixel() -> None:
    pixels = photo("astronaut")
    rough = np.array([[1.01, 0.004, 2.0], [-0.003, 0.99, -1.5], [1e-5, 0, 1]])
    seen = agreement(pixels, jpeg(pixels), rough)
    assert seen is not None
    assert seen.exact > 0.9
    assert np.allclose(seen.matrix[:2], np.eye(3)[:2], atol=0.3)


def test_text_over_a_photo_is_wrong_in_one_place_and_exact_elsewhere() -> None:
    pixels = photo("chelsea")
    seen = agreement(pixels, lettered(pixels), AS_IT_IS)
    assert seen is not None
    assert 0.03 < seen.wrong < 0.35 and seen.exact > 0.6
    assert seen.drift < 0.1


def test_another_photo_in_a_corner_is_a_solid_patch() -> None:
    pixels, other = photo("coffee"), photo("rocket")
    pasted = pixels.copy()
    pasted[:120, :180] = other[60:180, 100:280]
    seen = agreement(pixels, pasted, AS_IT_IS)
    assert seen is not None
    assert seen.solid == pytest.approx(120 * 180 / pixels[..., 0].size, abs=0.06)


def test_a_second_take_leaves_displacement_that_no_map_explains() -> None:
    pixels = photo("coffee")
    seen = agreement(pixels, second_take(pixels), AS_IT_IS)
    assert seen is not None
    assert seen.drift > 0.3


def test_the_order_of_the_images_hardly_matters() -> None:
    pixels = photo("astronaut")
    small = jpeg(np.ascontiguousarray(pixels[::2, ::2]))
    shrink = np.diag([0.5, 0.5, 1.0])
    forth, back = agreement(pixels, small, shrink), agreement(small, pixels, np.linalg.inv(shrink))
    assert forth is not None and back is not None
    assert forth.exact == pytest.approx(back.exact, abs=0.02)
    assert np.allclose(forth.matrix @ back.matrix, np.eye(3), atol=0.05)


def test_empty_frames_tell_nothing() -> None:
    rng = np.random.default_rng(0)
    frames = [(90 + rng.normal(0, 1.5, (300, 384, 3))).astype(np.uint8) for _ in range(2)]
    assert agreement(frames[0], frames[1], AS_IT_IS) is None


def test_frames_that_do_not_meet_tell_nothing() -> None:
    away = np.array([[1.0, 0, 5000], [0, 1, 0], [0, 0, 1]])
    assert agreement(photo("coffee"), photo("coffee"), away) is None


def test_a_folded_map_tells_nothing() -> None:
    folded = np.array([[1.0, 0, 0], [0, 1, 0], [-0.01, 0, 1]])
    assert agreement(photo("coffee"), photo("coffee"), folded) is None
