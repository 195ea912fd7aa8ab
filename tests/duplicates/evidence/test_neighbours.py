"""The search for neighbours equals brute force, whatever the data, blocks and marks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pinakes.duplicates.evidence import neighbours
from pinakes.duplicates.evidence.neighbours import NeighbourPairs, pairs_above

Vectors = NDArray[np.float32]


def unit(vectors: NDArray[np.floating]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def clustered(seed: int, count: int, dimensions: int, spread: float) -> Vectors:
    """Vectors around a few centres, with a spectrum that falls like those of real embeddings."""
    rng = np.random.default_rng(seed)
    fall = 1 / np.sqrt(np.arange(1, dimensions + 1))
    centres = rng.normal(size=(max(1, count // 4), dimensions)) * fall
    near = centres[rng.integers(len(centres), size=count)]
    return unit(near + spread * rng.normal(size=near.shape) * fall)


def listed(pairs: NeighbourPairs) -> dict[tuple[int, int], float]:
    return dict(zip(zip(pairs.i.tolist(), pairs.j.tolist(), strict=True), pairs.score.tolist(), strict=True))


def compare_all(vectors: Vectors, threshold: float) -> dict[tuple[int, int], float]:
    scores = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    pairs = np.argwhere(np.triu(scores >= threshold, 1))
    return {(int(i), int(j)): float(scores[i, j]) for i, j in pairs}


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(2, 90),
    dimensions=st.integers(1, 40),
    threshold=st.floats(0.05, 0.99),
)
def test_equals_brute_force(seed: int, count: int, dimensions: int, threshold: float) -> None:
    vectors = np.unique(clustered(seed, count, dimensions, 0.3), axis=0)
    expected = compare_all(vectors, threshold)
    if any(abs(score - threshold) < 1e-9 for score in expected.values()):
        return  # the last digit of a sum decides, and sums may be ordered differently
    found = listed(pairs_above(vectors, threshold, limit=1000))
    assert list(found) == sorted(expected)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("threshold", [0.5, 0.8, 0.95])
def test_blocks_change_nothing(threshold: float, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clustered(1, 700, 64, 0.4)
    whole = listed(pairs_above(vectors, threshold, limit=1000))
    assert whole
    for rows, columns, dense in ((16, 32, 1 / 64), (100, 300, 0.0), (7, 7, 1.0), (64, 128, 1 / 64)):
        monkeypatch.setattr(neighbours, "ROWS", rows)
        monkeypatch.setattr(neighbours, "COLUMNS", columns)
        monkeypatch.setattr(neighbours, "DENSE", dense)
        monkeypatch.setattr(neighbours, "VERIFIED", 13)
        assert listed(pairs_above(vectors, threshold, limit=1000)) == whole


def test_fresh_gives_the_pairs_that_touch_a_marked_picture() -> None:
    vectors = clustered(2, 400, 48, 0.4)
    rng = np.random.default_rng(3)
    everything = listed(pairs_above(vectors, 0.8, limit=1000))
    for share in (0.0, 0.05, 0.5, 1.0):
        fresh = rng.random(len(vectors)) < share
        expected = {pair: score for pair, score in everything.items() if fresh[list(pair)].any()}
        assert listed(pairs_above(vectors, 0.8, limit=1000, fresh=fresh)) == expected


@pytest.mark.parametrize("dense", [0.0, 1.0])
def test_a_crowd_keeps_the_nearest_of_each(dense: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "DENSE", dense)
    monkeypatch.setattr(neighbours, "KEPT", 500)
    vectors = unit(np.array([[1.0, *(0.1 * row)] for row in np.random.default_rng(4).normal(size=(120, 6))]))
    everything = compare_all(vectors, 0.9)
    nearest: set[tuple[int, int]] = set()
    for picture in range(len(vectors)):
        mine = sorted(
            (pair for pair in everything if picture in pair), key=lambda pair: (-everything[pair], pair)
        )
        nearest.update(mine[:5])
    assert set(listed(pairs_above(vectors, 0.9, limit=5))) == nearest
    assert len(nearest) < len(everything) / 4


def test_equal_vectors_form_a_star() -> None:
    vectors = np.zeros((50_000, 8), dtype=np.float32)
    vectors[:, 0] = 1
    vectors[9] = np.eye(8, dtype=np.float32)[3]
    found = pairs_above(vectors, 0.9)
    assert len(found.i) == 49_998
    assert set(found.i.tolist()) == {0}
    assert set(found.score.tolist()) == {1.0}
    assert found.representative[9] == 9


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_compare(count: int) -> None:
    found = pairs_above(np.ones((count, 1), dtype=np.float32), 0.5)
    assert len(found.i) == 0
    assert len(found.representative) == count


def test_wrong_arguments_are_refused() -> None:
    vectors = np.eye(3, dtype=np.float32)
    with pytest.raises(ValueError, match="threshold"):
        pairs_above(vectors, 0)
    with pytest.raises(ValueError, match="length 1"):
        pairs_above(vectors * 2, 0.5)
    with pytest.raises(ValueError, match="float32"):
        pairs_above(vectors.astype(np.float64), 0.5)
    with pytest.raises(ValueError, match="fresh"):
        pairs_above(vectors, 0.5, fresh=np.ones(2, dtype=bool))
