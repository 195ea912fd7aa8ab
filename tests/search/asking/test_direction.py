"""Arithmetic of terms: its laws on vectors, and that it is the arithmetic of the recorded rankings."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.errors import InvalidRequest
from pinakes.search.asking.direction import direction


def axes(count: int) -> np.ndarray:
    return np.eye(count + 1, dtype=np.float32)


def with_cosines(*cosines: float) -> np.ndarray:
    """A unit-length vector that has these cosines with the first axes."""
    rest = 1 - sum(cosine**2 for cosine in cosines)
    return np.array([*cosines, math.sqrt(rest)], np.float32)


@given(
    weights=st.lists(st.floats(-3, 3).filter(lambda weight: abs(weight) > 0.01), min_size=1, max_size=5),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_score_is_the_sum_of_weight_times_cosine(weights: list[float], seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(len(weights) + 4, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    terms, pictures = vectors[: len(weights)], vectors[len(weights) :]
    asked = direction(list(zip(weights, terms, strict=True)))
    expected = pictures @ terms.T @ np.array(weights, np.float32)
    assert np.allclose(asked.scores(pictures), expected, atol=1e-5)
    assert np.allclose(asked.shares(pictures).sum(axis=1), expected, atol=1e-5)
    assert np.linalg.norm(asked.vector) == pytest.approx(1, abs=1e-6)


def test_terms_count_by_their_weight_whatever_their_length() -> None:
    first, second, _ = axes(2)
    assert np.allclose(
        direction([(1.0, first), (2.0, second)]).vector, direction([(1.0, first), (2.0, 5 * second)]).vector
    )


def test_terms_that_cancel_one_another_are_refused() -> None:
    first = axes(1)[0]
    with pytest.raises(InvalidRequest, match="cancel"):
        direction([(1.0, first), (-1.0, first)])


def recorded(shared_data: Path, name: str) -> dict[str, float]:
    """Scores of one recorded ranking, by file."""
    text = (shared_data / "clip_golden" / "output_snapshots" / f"{name}.txt").read_text("utf-8")
    return {file: float(score) for score, file in re.findall(r'^(-?[\d.]+)\t"(.*)"$', text, re.MULTILINE)}


def test_it_is_the_arithmetic_of_the_rankings_recorded_with_a_real_clip(shared_data: Path) -> None:
    """Recorded are kitty alone, with three words added, and with the same three taken away.

    Only the sum of the three can be had of the record. That kitty with and without them lies in the middle
    of both, to the last digit, holds for a sum that is linear and of vectors of length 1 alone.
    """
    kitty = recorded(shared_data, "test_search")
    added = recorded(shared_data, "test_add_queries")
    taken = recorded(shared_data, "test_subtract_queries")
    files = sorted(kitty.keys() & added.keys() & taken.keys())
    assert len(files) >= 3
    each = axes(4)[:4]
    plus = direction([(1.0, word) for word in each])
    minus = direction([(1.0, each[0]), *((-1.0, word) for word in each[1:])])
    for file in files:
        others = (added[file] - taken[file]) / 2
        picture = with_cosines(kitty[file], *[others / 3] * 3)[None]
        assert plus.scores(picture)[0] == pytest.approx(added[file], abs=0.002)
        assert minus.scores(picture)[0] == pytest.approx(taken[file], abs=0.002)
