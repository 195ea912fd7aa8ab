"""Packed pairs keep their order and content, and thinning keeps each picture's nearest."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pinakes.duplicates.evidence.packed_pairs import MOST_PICTURES, pack, thinned, unpack

Pair = tuple[int, int, int, int]


def packed(pairs: list[Pair]) -> NDArray[np.int64]:
    low, high, distance, turn = np.array(pairs, dtype=np.int64).reshape(-1, 4).T
    return pack(low, high, distance, turn)


def listed(pairs: NDArray[np.int64]) -> list[Pair]:
    return list(zip(*(part.tolist() for part in unpack(pairs)), strict=True))


pictures = st.integers(0, MOST_PICTURES - 1)
any_pair = st.tuples(pictures, pictures, st.integers(0, 63), st.integers(0, 7))


@given(st.lists(any_pair))
def test_pack_and_unpack_keep_content_and_order(pairs: list[Pair]) -> None:
    assert listed(np.sort(packed(pairs))) == sorted(pairs)


def test_a_pair_is_kept_once_in_its_nearest_turn() -> None:
    found = thinned(packed([(3, 9, 5, 1), (3, 9, 4, 7), (3, 9, 4, 2), (1, 2, 0, 0)]), 10)
    assert listed(found) == [(1, 2, 0, 0), (3, 9, 4, 2)]


def test_pairs_that_matter_to_either_picture_are_kept() -> None:
    found = thinned(packed([(0, 1, 1, 0), (0, 2, 2, 0), (0, 3, 3, 0), (1, 2, 9, 0)]), 1)
    assert listed(found) == [(0, 1, 1, 0), (0, 2, 2, 0), (0, 3, 3, 0)]


def test_nothing_stays_nothing() -> None:
    assert listed(thinned(packed([]), 5)) == []


@given(seed=st.integers(0, 2**32), limit=st.integers(1, 6))
def test_thinning_equals_ranking_and_may_be_done_early(seed: int, limit: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = [
        (int(a), int(b), int(rng.integers(6)), int(rng.integers(8)))
        for a, b in np.argwhere(np.tri(14, k=-1).T)
    ]
    expected: set[Pair] = set()
    for picture in range(14):
        mine = [pair for pair in pairs if picture in pair[:2]]
        expected.update(sorted(mine, key=lambda pair: (pair[2], sum(pair[:2]) - picture))[:limit])
    everything = rng.permutation(packed(pairs))
    assert listed(thinned(everything, limit)) == sorted(expected)
    early = np.concatenate([thinned(everything[:50], limit), everything[50:]])
    assert listed(thinned(early, limit)) == sorted(expected)
