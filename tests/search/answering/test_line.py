"""The line of relevance, on scores and on clustered vectors whose kinds are known."""

import numpy as np
import pytest

from pinakes.search.answering.line import LEAST_BACKGROUND, above_line, background, width_of


def drawn(
    relevant: int, others: int, apart: float, seed: int = 0, stretch: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Scores sorted downwards and whether each is relevant; the upper side of the others may be stretched."""
    random = np.random.default_rng(seed)
    chance = random.normal(size=others)
    chance[chance > 0] *= stretch
    scores = np.concatenate([random.normal(apart, 1, relevant), chance]).astype(np.float32)
    order = np.argsort(-scores)
    return scores[order], (order < relevant)


@pytest.mark.parametrize(("relevant", "others", "apart"), [(10, 300, 5), (60, 5000, 5), (400, 5000, 4)])
def test_the_line_parts_what_stands_out_from_the_rest(relevant: int, others: int, apart: float) -> None:
    precisions, recalls = [], []
    for seed in range(10):
        scores, kinds = drawn(relevant, others, apart, seed)
        sample = np.random.default_rng(seed).choice(scores, min(2000, len(scores)), replace=False)
        behind = background(sample)
        assert behind is not None
        above = above_line(scores, behind, len(scores))
        precisions.append(kinds[:above].mean())
        recalls.append(kinds[:above].sum() / relevant)
    assert np.mean(precisions) > 0.75
    assert np.mean(recalls) > 0.85


def test_where_nothing_is_relevant_next_to_nothing_is_above() -> None:
    counts = []
    for seed in range(20):
        scores, _ = drawn(0, 3000, 0, seed)
        behind = background(scores[::2])
        assert behind is not None
        counts.append(above_line(scores, behind, len(scores)))
    assert np.mean(counts) < 1


def test_a_larger_library_asks_for_more_to_stand_out() -> None:
    scores, _ = drawn(0, 3000, 0)
    behind = background(scores)
    assert behind is not None
    one = np.array([behind.middle + 3.5 * behind.spread], np.float32)
    assert above_line(one, behind, 100) == 1
    assert above_line(one, behind, 100_000) == 0


def test_too_few_pictures_or_equal_ones_say_nothing() -> None:
    assert background(np.zeros(LEAST_BACKGROUND - 1, np.float32)) is None
    assert background(np.ones(1000, np.float32)) is None


def test_standing_is_the_share_that_is_less_alike() -> None:
    behind = background(np.arange(100, dtype=np.float32))
    assert behind is not None
    assert behind.standing(-1) == 0
    assert behind.standing(50) == 0.5
    assert behind.standing(1000) == 1


def test_a_model_whose_background_reaches_further_up_gets_a_wider_one() -> None:
    made = [background(drawn(0, 2000, 0, seed, stretch=1.6)[0]) for seed in range(9)]
    width = width_of([each for each in made if each is not None])
    assert 1.4 < width < 1.8
    scores, _ = drawn(0, 5000, 0, seed=99, stretch=1.6)
    behind = background(scores)
    assert behind is not None
    assert above_line(scores, behind, len(scores)) > 50
    assert above_line(scores, behind, len(scores), width=width) < 5


def test_few_pictures_measure_no_width() -> None:
    made = background(drawn(0, 100, 0, stretch=2)[0])
    assert made is not None
    assert width_of([made]) == 1
