"""The perceptual hash: agreement with PDQ's reference, exactness of the turned hashes, poor pictures."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pinakes.core.types import Pixels
from pinakes.images.perceptual import (
    HASH_BYTES,
    MINIMUM_QUALITY,
    PerceptualHash,
    Symmetry,
    pdq,
    perceptual_hash,
    turned,
)

#: Of bridge-mods/aaa-orig.jpg, as the tests of the reference implementation state it.
REFERENCE = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"


def blobs(seed: int, height: int = 384, width: int = 512) -> Pixels:
    """A picture of soft random shapes with some sensor noise."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), dtype=float)
    return np.clip(soft + rng.normal(0, 4, soft.shape), 0, 255).astype(np.uint8)


def bits(found: PerceptualHash) -> NDArray[np.uint8]:
    return np.frombuffer(found.bits, dtype=np.uint8)


def distance(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> int:
    return int(np.bitwise_count(a ^ b).sum())


def turn(pixels: Pixels, symmetry: Symmetry) -> Pixels:
    mirrored = pixels[:, ::-1] if symmetry >= Symmetry.MIRRORED else pixels
    return np.ascontiguousarray(np.rot90(mirrored, symmetry % 4))


def load(path: Path, side: int | None = 512) -> Pixels:
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    if side is not None:
        image.thumbnail((side, side))
    return np.asarray(image)


def test_pdq_equals_the_published_hash(shared_data: Path) -> None:
    found = pdq(load(shared_data / "neardup/pdq/bridge-mods/aaa-orig.jpg", side=None))
    assert found == PerceptualHash(bytes.fromhex(REFERENCE), 100)


def test_labelled_copies_are_near_and_strangers_are_far(shared_data: Path) -> None:
    root = shared_data / "neardup"
    with (root / "groups.csv").open() as lines:
        rows = [row for row in csv.DictReader(lines) if "corrupt" not in row["file"]]
    missed = []
    for row in rows:
        one, other = (perceptual_hash(load(root / row[name])) for name in ("reference", "file"))
        if min(distance(bits(one), each) for each in turned(bits(other)[None])[0]) > 15:
            missed.append(row["transform"])
    assert set(missed) == {"rotation.jpg"}  # a free angle, which is for the copy tier

    bases = [perceptual_hash(load(path)) for path in sorted((root / "imagededup/base_images").glob("*.jpg"))]
    turns = turned(np.stack([bits(base) for base in bases]))
    between = np.bitwise_count(turns[:, None, :1] ^ turns[None]).sum(axis=3, dtype=int).min(axis=2)
    assert between[~np.eye(len(bases), dtype=bool)].min() > 60


@pytest.mark.parametrize("symmetry", Symmetry)
def test_turning_the_picture_turns_the_hash(symmetry: Symmetry) -> None:
    pixels = blobs(1)
    expected = turned(bits(perceptual_hash(pixels))[None])[0, symmetry]
    assert distance(bits(perceptual_hash(turn(pixels, symmetry))), expected) <= 2


@pytest.mark.parametrize("symmetry", Symmetry)
def test_a_turn_and_its_inverse_cancel_exactly(symmetry: Symmetry) -> None:
    hashes = np.random.default_rng(2).integers(0, 256, (5000, HASH_BYTES), dtype=np.uint8)
    there = np.ascontiguousarray(turned(hashes)[:, symmetry])
    assert np.array_equal(turned(there)[:, symmetry.inverse], hashes)


def test_turning_both_keeps_every_distance() -> None:
    hashes = np.random.default_rng(3).integers(0, 256, (2, HASH_BYTES), dtype=np.uint8)
    turns = turned(hashes)
    assert {distance(turns[0, turn], turns[1, turn]) for turn in Symmetry} == {distance(*hashes)}


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_smaller_copy_has_nearly_the_same_hash(scale: int) -> None:
    pixels = blobs(4)
    size = (pixels.shape[1] // scale, pixels.shape[0] // scale)
    small = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    assert distance(bits(perceptual_hash(pixels)), bits(perceptual_hash(small))) <= 4


def test_unrelated_pictures_differ_in_about_half_the_bits() -> None:
    apart = [
        distance(bits(perceptual_hash(blobs(a))), bits(perceptual_hash(blobs(a + 1)))) for a in range(20)
    ]
    assert min(apart) > 80


@pytest.mark.parametrize("level", [0, 127, 255])
def test_a_plain_picture_has_no_quality_and_no_bits(level: int) -> None:
    found = perceptual_hash(np.full((300, 400, 3), level, dtype=np.uint8))
    assert found == PerceptualHash(bytes(HASH_BYTES), 0)


def test_a_smooth_sky_is_below_the_quality_to_compare() -> None:
    slope = np.linspace(90, 200, 384)[:, None, None] * np.array([0.7, 0.85, 1.0])
    sky = np.broadcast_to(slope, (384, 512, 3)).astype(np.uint8)
    assert perceptual_hash(sky).quality < MINIMUM_QUALITY


@pytest.mark.parametrize("shape", [(5, 5, 3), (5, 512, 3), (512, 7, 3), (64, 64, 3), (63, 129, 3)])
def test_narrow_pictures_have_a_hash(shape: tuple[int, ...]) -> None:
    found = perceptual_hash(np.random.default_rng(5).integers(0, 256, shape, dtype=np.uint8))
    assert len(found.bits) == HASH_BYTES
    assert 0 < found.quality <= 100


def test_pictures_too_small_for_the_reference_have_none() -> None:
    tiny = np.full((4, 400, 3), 200, dtype=np.uint8)
    assert perceptual_hash(tiny) == pdq(tiny) == PerceptualHash(bytes(HASH_BYTES), 0)


@pytest.mark.parametrize(
    "wrong", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3), np.float32)]
)
def test_other_arrays_are_refused(wrong: Pixels) -> None:
    with pytest.raises(ValueError, match="uint8 RGB"):
        perceptual_hash(wrong)
