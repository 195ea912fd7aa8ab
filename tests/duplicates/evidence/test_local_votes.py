"""Votes: hits count together where turn, scale and side agree, and once for each feature."""

import numpy as np
import pytest

from pinakes.duplicates.evidence.local_votes import Hits, Scored, joined, vote


def hits(rows: list[tuple[int, int, int, int, int, int, bool]]) -> Hits:
    """Rows of i, j, asking, bits, turn, octave, mirrored."""
    kinds = (np.int32, np.int32, np.int32, np.uint8, np.uint8, np.int16, np.bool_)
    return Hits(
        *(np.array(column, dtype=kind) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True))
    )


def test_agreeing_hits_add_up() -> None:
    scored = vote(hits([(1, 0, k, 0, 40 + k, 8, False) for k in range(5)]))
    assert scored.score.tolist() == [5.0]
    assert (scored.i.tolist(), scored.j.tolist(), scored.mirrored.tolist()) == ([1], [0], [False])


def test_differing_bits_count_less() -> None:
    assert vote(hits([(1, 0, 0, 10, 0, 0, False), (1, 0, 1, 0, 0, 0, False)])).score[0] == pytest.approx(
        1 + np.exp(-1)
    )


@pytest.mark.parametrize("other", [(100, 0, False), (0, 30, False), (0, 0, True)])
def test_other_turns_scales_and_sides_do_not_add_up(other: tuple[int, int, bool]) -> None:
    assert vote(hits([(1, 0, 0, 0, 0, 0, False), (1, 0, 1, 0, *other)])).score.tolist() == [1.0]


def test_turns_wrap_around() -> None:
    assert vote(hits([(1, 0, 0, 0, 250, 0, False), (1, 0, 1, 0, 3, 0, False)])).score.tolist() == [2.0]


def test_a_feature_counts_once() -> None:
    assert vote(hits([(1, 0, 7, 0, 0, 0, False)] * 4)).score.tolist() == [1.0]


def test_single_hits_are_left_out() -> None:
    assert len(vote(hits([(1, 0, 0, 0, 0, 0, False), (2, 0, 1, 0, 0, 0, False)])).i) == 0


def test_the_best_partners_are_kept() -> None:
    rows = [(9, j, k, 0, 0, 0, False) for j in range(6) for k in range(j + 2)]
    best = vote(joined([hits(rows), hits([(8, 0, k, 0, 0, 0, True) for k in range(2)])])).best(2, 2.5)
    assert list(zip(best.i.tolist(), best.j.tolist(), best.score.tolist(), strict=True)) == [
        (9, 4, 6.0),
        (9, 5, 7.0),
    ]


def test_nothing_is_best_of_nothing() -> None:
    empty = Scored(*(np.zeros(0, dtype=kind) for kind in (np.int32, np.int32, np.float32, np.bool_)))
    assert len(empty.best(5, 0).i) == 0
