"""The built-in descriptor: its form, what it ignores, and what it tells apart."""

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pinakes.core.types import Pixels
from pinakes.duplicates.evidence.neighbours import PRESETS
from pinakes.models.global_descriptor import DIMENSIONS, describe


def scene(seed: int, height: int = 384, width: int = 512) -> Pixels:
    """A picture of random coloured shapes before a soft background."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(25):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(rng.integers(8, width // 6)), int(rng.integers(8, height // 6)))
        colour = tuple(int(part) for part in rng.integers(0, 256, 3))
        cv2.ellipse(picture, centre, axes, int(rng.integers(180)), 0, 360, colour, -1, cv2.LINE_AA)
    return np.asarray(picture, dtype=np.uint8)


def photos(shared_data: Path) -> list[Pixels]:
    loaded = []
    for path in sorted((shared_data / "photos_coco100/images").iterdir())[:60]:
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        image.thumbnail((512, 512))
        loaded.append(np.asarray(image))
    return loaded


def retake(pixels: Pixels, seed: int) -> Pixels:
    """The scene a moment later: the camera has moved and turned a little, and the light has changed."""
    rng = np.random.default_rng(seed)
    height, width = pixels.shape[:2]
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 1.0), 1.04), dtype=float)
    turn[:, 2] += rng.normal(0, 0.012, 2) * (width, height)
    moved = cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    brighter = moved * np.exp(rng.normal(0, 0.08)) + rng.normal(0, 3, moved.shape)
    return np.asarray(np.clip(brighter, 0, 255), dtype=np.uint8)


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 700, 3), (64, 64, 3), (512, 384, 3)])
def test_every_picture_has_a_unit_vector(shape: tuple[int, int, int]) -> None:
    vector = describe(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))
    assert vector.shape == (DIMENSIONS,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_picture_too(level: int) -> None:
    vector = describe(np.full((200, 300, 3), level, dtype=np.uint8))
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_is_the_same_every_time() -> None:
    assert np.array_equal(describe(scene(1)), describe(scene(1).copy()))


def test_keeps_the_numbers_of_its_revision() -> None:
    rows, columns = np.mgrid[:240, :320]
    pixels = np.stack([rows % 256, columns % 256, (rows * columns // 64) % 256], axis=2).astype(np.uint8)
    vector = describe(pixels)
    projections = vector @ np.cos(np.outer(np.arange(DIMENSIONS), [1, 2, 3])).astype(np.float32)
    assert projections == pytest.approx([-1.550101, 0.093163, 0.466908], abs=5e-6)


@pytest.mark.parametrize("seed", range(5))
def test_recompressed_and_smaller_copies_score_near_one(seed: int) -> None:
    pixels = scene(seed)
    small = Image.fromarray(pixels).resize((256, 192), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    small.save(written, "JPEG", quality=60)
    with Image.open(written) as opened:
        copy = np.asarray(opened.convert("RGB"))
    assert describe(pixels) @ describe(copy) > 0.97


def test_unrelated_scenes_score_low() -> None:
    vectors = np.stack([describe(scene(seed)) for seed in range(20)])
    scores = (vectors @ vectors.T)[np.triu_indices(20, 1)]
    assert scores.max() < PRESETS["loose"]


def test_retakes_of_photos_stand_out(shared_data: Path) -> None:
    pictures = photos(shared_data)
    library = np.stack([describe(picture) for picture in pictures])
    again = np.stack([describe(retake(picture, seed)) for seed, picture in enumerate(pictures)])
    scores = again @ library.T
    own = np.diag(scores)
    others = np.where(np.eye(len(pictures), dtype=bool), -1, scores)
    assert np.mean(own > others.max(axis=1)) == 1
    assert np.mean(own >= PRESETS["balanced"]) > 0.95
    assert others.max() < PRESETS["loose"]


@pytest.mark.parametrize(
    "wrong", [np.zeros((9, 9), np.uint8), np.zeros((0, 9, 3), np.uint8), np.zeros((9, 9, 3), np.float32)]
)
def test_other_arrays_are_refused(wrong: Pixels) -> None:
    with pytest.raises(ValueError, match="uint8 RGB"):
        describe(wrong)
