"""The copy tier's decision: edited photos are copies; second takes, pages and empty frames are not."""

from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.altered import ALTERATIONS, PHOTOS, as_pixels, photo, second_take

from pinakes.duplicates.evidence.copies import MEASUREMENTS, PRESETS, WEIGHTS, Picture, verify
from pinakes.images.keypoints import LocalFeatures


@pytest.mark.parametrize("alteration", ALTERATIONS)
@pytest.mark.parametrize("name", ["astronaut", "chelsea"])
def test_altered_photos_are_copies(name: str, alteration: str) -> None:
    pixels = photo(name)
    evidence = verify(Picture.of(pixels), Picture.of(ALTERATIONS[alteration](pixels)))
    assert evidence.score >= PRESETS["careful"]
    assert evidence.mirrored == (alteration == "mirrored")
    assert evidence.inliers > 20 and evidence.correlation > 0.9 and evidence.matrix is not None


def test_a_crop_covers_all_of_itself_and_a_part_of_the_whole() -> None:
    pixels = photo("coffee")
    evidence = verify(Picture.of(pixels), Picture.of(ALTERATIONS["crop"](pixels)))
    assert evidence.overlap_b == pytest.approx(1, abs=0.03)
    assert evidence.overlap_a == pytest.approx(0.54, abs=0.06)


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
@pytest.mark.parametrize("parallax", [1.5, 3.0])
def test_second_takes_are_no_copies(name: str, parallax: float) -> None:
    pixels = photo(name)
    takes = [Picture.of(second_take(pixels, seed, parallax)) for seed in range(2)]
    assert all(verify(Picture.of(pixels), take).score < PRESETS["loose"] for take in takes)


def test_different_photos_are_no_copies() -> None:
    pictures = [Picture.of(photo(name)) for name in PHOTOS]
    assert all(verify(a, b).score == 0 for a, b in combinations(pictures, 2))


def test_verdicts_do_not_depend_on_the_order_of_the_pictures_much() -> None:
    a, b = Picture.of(photo("coffee")), Picture.of(ALTERATIONS["askew"](photo("coffee")))
    assert verify(a, b).score == pytest.approx(verify(b, a).score, abs=0.01)
    assert verify(a, b).score == verify(a, b).score


def empty_frames() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    ramp = np.linspace(90, 220, 288)[:, None, None]
    return {
        "black": np.zeros((288, 384, 3), np.uint8),
        "noisy black": as_pixels(rng.normal(4, 2, (288, 384, 3))),
        "sky": as_pixels(ramp + np.zeros((288, 384, 3)) + rng.normal(0, 1.5, (288, 384, 3))),
        "other sky": as_pixels(ramp * 0.95 + 8 + rng.normal(0, 1.5, (288, 384, 3))),
        "white": np.full((288, 384, 3), 255, np.uint8),
    }


def test_empty_frames_are_no_copies_of_one_another() -> None:
    pictures = [Picture.of(pixels) for pixels in empty_frames().values()]
    assert all(verify(a, b).score == 0 for a, b in combinations(pictures, 2))


def page(words: list[str], title: str = "INVOICE 2024") -> np.ndarray:
    sheet = np.full((384, 288, 3), 250, np.uint8)
    cv2.putText(sheet, title, (15, 40), cv2.FONT_HERSHEY_TRIPLEX, 1.0, (20, 20, 90), 2)
    for row, word in enumerate(words):
        cv2.putText(
            sheet, f"item {row}: {word}", (15, 80 + 26 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (0, 0, 0), 1
        )
    return sheet


def test_one_form_filled_in_twice_is_two_documents() -> None:
    words = "paper pencils stapler folders lamp cable monitor keyboard chair table".split()
    one, other = Picture.of(page(words)), Picture.of(page(words[::-1]))
    assert verify(one, other).score < PRESETS["balanced"]
    assert verify(one, Picture.of(ALTERATIONS["jpeg"](page(words)))).score > PRESETS["careful"]


def test_pictures_without_points_are_laid_on_one_another_whole() -> None:
    def blind(pixels: np.ndarray) -> Picture:
        none = LocalFeatures(
            np.zeros((0, 4), np.float32), np.zeros((0, 128), np.uint8), pixels.shape[1], pixels.shape[0]
        )
        return Picture(pixels, none)

    pixels = photo("rocket")
    turned = np.ascontiguousarray(np.rot90(pixels[:, ::-1]))
    evidence = verify(blind(pixels), blind(turned))
    assert evidence.score > PRESETS["strict"] and evidence.mirrored and evidence.inliers == 0
    assert verify(blind(pixels), blind(photo("coffee"))).score == 0


def test_presets_grow_stricter_and_every_weight_has_a_measurement() -> None:
    assert list(PRESETS) == ["strict", "careful", "balanced", "loose"]
    assert sorted(PRESETS.values(), reverse=True) == list(PRESETS.values())
    assert len(WEIGHTS) == len(MEASUREMENTS) and max(WEIGHTS) <= 0


def test_labelled_copies_of_the_real_pictures(shared_data: Path) -> None:
    bridge = shared_data / "neardup/pdq/bridge-mods"

    def read(name: str) -> Picture:
        pixels = cv2.cvtColor(cv2.imread(str(bridge / name)), cv2.COLOR_BGR2RGB)
        scale = 384 / max(pixels.shape[:2])
        return Picture.of(
            as_pixels(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
        )

    original = read("aaa-orig.jpg")
    names = [
        "high-contrast.jpg",
        "sharpen-a-little.jpg",
        "shrink-a-little.jpg",
        "square-256x256.jpg",
        "blur-a-little.jpg",
    ]
    assert min(verify(original, read(name)).score for name in names) > PRESETS["balanced"]
