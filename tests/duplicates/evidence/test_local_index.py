"""The candidate index: altered photos find one another among many, incrementally and in bounded numbers."""

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.altered import ALTERATIONS, PHOTOS, photo

from pinakes.duplicates.evidence import local_index, vocabulary
from pinakes.duplicates.evidence.local_index import Candidate, candidates
from pinakes.duplicates.evidence.local_signature import FEATURE, LocalSignature
from pinakes.images.keypoints import extract


def of(pixels: NDArray[np.uint8]) -> LocalSignature:
    return vocabulary.load().signature(extract(pixels))


@pytest.fixture(scope="module")
def originals() -> list[LocalSignature]:
    return [of(photo(name)) for name in PHOTOS]


def noise(count: int, seed: int = 0) -> list[LocalSignature]:
    """Signatures of nothing: random words and codes."""
    rng = np.random.default_rng(seed)
    made = np.zeros((count, 128), dtype=FEATURE)
    made["word"] = rng.integers(0, 8192, made.shape)
    made["code"] = rng.integers(0, 2**64, made.shape, dtype=np.uint64)
    made["angle"] = rng.integers(0, 256, made.shape)
    made["scale"] = rng.integers(0, 100, made.shape)
    return [LocalSignature(row) for row in made]


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_altered_photos_meet_their_originals(originals: list[LocalSignature], alteration: str) -> None:
    changed = [of(ALTERATIONS[alteration](photo(name))) for name in PHOTOS]
    count = len(PHOTOS)
    found = candidates([*originals, *changed])
    best = {c.i: c for c in sorted(found, key=lambda c: c.score) if c.i >= count}
    assert {(i, c.j) for i, c in best.items()} == {(count + k, k) for k in range(count)}
    assert all(c.mirrored == (alteration == "mirrored") for c in best.values())


def test_random_signatures_are_no_candidates() -> None:
    assert candidates(noise(300)) == []


def test_fresh_pictures_are_joined_with_old_ones_and_with_one_another(
    originals: list[LocalSignature],
) -> None:
    crop = of(ALTERATIONS["crop"](photo("coffee")))
    library = [crop, *noise(50), *originals, crop]
    old, new, last = 51 + PHOTOS.index("coffee"), 0, len(library) - 1
    pairs = {(c.i, c.j) for c in candidates(library, fresh={new, last})}
    assert pairs == {(old, new), (last, old), (last, new)}
    assert pairs == {(c.i, c.j) for c in candidates(library)}
    assert candidates(library, fresh=[10]) == []
    assert candidates(library, fresh=[]) == []


def test_many_copies_of_one_picture_yield_few_pairs(originals: list[LocalSignature]) -> None:
    found = candidates([originals[0]] * 400, limit=3)
    assert len(found) == 0 + 1 + 2 + 3 * 397
    assert all(c.i > c.j for c in found)


def test_the_order_of_blocks_changes_nothing(
    originals: list[LocalSignature], monkeypatch: pytest.MonkeyPatch
) -> None:
    library = [*originals, *noise(40), *(of(ALTERATIONS["jpeg"](photo(name))) for name in PHOTOS)]
    whole = candidates(library)
    monkeypatch.setattr(local_index, "BLOCK_FEATURES", 500)
    monkeypatch.setattr(local_index, "_TILE", 256)
    assert candidates(library) == whole


def test_long_lists_are_split_and_near_codes_still_meet(
    originals: list[LocalSignature], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_index, "LONGEST_LIST", 2)
    library = [*originals, *(of(ALTERATIONS["jpeg"](photo(name))) for name in PHOTOS)]
    count = len(PHOTOS)
    assert {(count + k, k) for k in range(count)} <= {(c.i, c.j) for c in candidates(library)}


def test_empty_libraries_and_empty_pictures() -> None:
    nothing = LocalSignature(np.zeros(0, dtype=FEATURE))
    assert candidates([]) == []
    assert candidates([nothing, nothing]) == []
    assert candidates([nothing, *noise(2)], fresh=[0]) == []


def test_candidates_are_ordered_values() -> None:
    assert Candidate(2, 1, 3.0, False) < Candidate(3, 0, 1.0, False)
