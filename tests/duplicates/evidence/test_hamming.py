"""The join of hashes equals brute force, whatever the radius, blocks, threads and marks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pinakes.duplicates.evidence import hamming
from pinakes.duplicates.evidence.hamming import LARGEST_RADIUS, PRESETS, HashPairs, pairs_within
from pinakes.images.perceptual import HASH_BYTES, turned

Hashes = NDArray[np.uint8]
Found = list[tuple[int, int, int, int]]


def planted(seed: int, *, strangers: int, families: int, spread: int) -> Hashes:
    """Random hashes, and families of hashes turned and changed in up to `spread` bits, shuffled."""
    rng = np.random.default_rng(seed)
    parents = rng.integers(0, 256, (families, HASH_BYTES), dtype=np.uint8)
    children = []
    for parent in turned(parents):
        for _ in range(rng.integers(1, 5)):
            bits = np.unpackbits(parent[rng.integers(8)])
            bits[rng.choice(256, rng.integers(0, spread + 1), replace=False)] ^= 1
            children.append(np.packbits(bits))
    rest = rng.integers(0, 256, (strangers, HASH_BYTES), dtype=np.uint8)
    return rng.permutation(np.concatenate([parents, np.reshape(children, (-1, HASH_BYTES)), rest]))


def compare_all(hashes: Hashes, radius: int) -> Found:
    """Brute force over the first picture of each hash."""
    first = np.sort(np.unique(hashes, axis=0, return_index=True)[1])
    turns = turned(hashes[first])
    found = []
    for a in range(len(first)):
        apart = np.bitwise_count(turns[a, :, None] ^ hashes[first][None]).sum(axis=2, dtype=int)
        for b in range(a + 1, len(first)):
            turn = int(np.argmin(apart[:, b]))
            if apart[turn, b] <= radius:
                found.append((int(first[a]), int(first[b]), int(apart[turn, b]), turn))
    return found


def listed(pairs: HashPairs) -> Found:
    return list(
        zip(*(part.tolist() for part in (pairs.i, pairs.j, pairs.distance, pairs.symmetry)), strict=True)
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), radius=st.integers(0, LARGEST_RADIUS), strangers=st.integers(0, 40))
def test_equals_brute_force(seed: int, radius: int, strangers: int) -> None:
    hashes = planted(seed, strangers=strangers, families=8, spread=radius + 8)
    twins = {(k, r) for k, r in enumerate(pairs_within(hashes, radius).representative.tolist()) if k != r}
    expected = compare_all(hashes, radius) + [(r, k, 0, 0) for k, r in twins]
    assert listed(pairs_within(hashes, radius)) == sorted(expected)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), bands=st.lists(st.integers(0, 255), min_size=31, max_size=31))
def test_finds_wrong_bits_wherever_they_lie(seed: int, bands: list[int]) -> None:
    one = np.random.default_rng(seed).integers(0, 256, HASH_BYTES, dtype=np.uint8)
    bits = np.unpackbits(one)
    bits[bands] ^= 1
    other = np.packbits(bits)
    apart = int(np.bitwise_count(one ^ other).sum())
    found = pairs_within(np.stack([one, other]), 31)
    assert (0, 1) in set(zip(found.i.tolist(), found.j.tolist(), strict=True))
    assert found.distance[0] <= apart


@pytest.mark.parametrize("radius", PRESETS.values())
def test_blocks_and_threads_change_nothing(radius: int, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = planted(5, strangers=500, families=60, spread=radius)
    whole = pairs_within(hashes, radius)
    monkeypatch.setattr(hamming, "BLOCK", 37)
    monkeypatch.setattr(hamming, "CANDIDATES", 11)
    assert listed(pairs_within(hashes, radius, workers=3)) == listed(whole)
    assert len(whole.i) >= 60


def test_fresh_gives_the_pairs_that_touch_a_marked_picture() -> None:
    hashes = planted(6, strangers=300, families=80, spread=20)
    rng = np.random.default_rng(7)
    for share in (0.0, 0.02, 0.3, 1.0):
        fresh = rng.random(len(hashes)) < share
        expected = [pair for pair in listed(pairs_within(hashes, 24)) if fresh[pair[0]] or fresh[pair[1]]]
        assert listed(pairs_within(hashes, 24, fresh=fresh)) == expected


def test_old_and_fresh_add_up() -> None:
    hashes = np.unique(planted(8, strangers=100, families=60, spread=30), axis=0)
    half = len(hashes) // 2
    fresh = np.arange(len(hashes)) >= half
    together = listed(pairs_within(hashes[:half], 31)) + listed(pairs_within(hashes, 31, fresh=fresh))
    assert sorted(together) == listed(pairs_within(hashes, 31))


def test_without_turns_only_upright_copies_are_found() -> None:
    upright = np.random.default_rng(9).integers(0, 256, (1, HASH_BYTES), dtype=np.uint8)
    hashes = turned(upright)[0]
    assert len(pairs_within(hashes, 10).i) == 28
    assert len(pairs_within(hashes, 10, turns=False).i) == 0


def test_a_crowd_keeps_the_nearest_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hamming, "KEPT", 300)
    monkeypatch.setattr(hamming, "CANDIDATES", 100)
    rng = np.random.default_rng(10)
    parent = rng.integers(0, 256, (1, HASH_BYTES), dtype=np.uint8)
    hashes = parent ^ np.packbits(rng.random((150, 256)) < 0.03, axis=1)
    everything = listed(pairs_within(hashes, 24, limit=1000))
    nearest: set[tuple[int, int, int, int]] = set()
    for picture in range(len(hashes)):
        mine = [pair for pair in everything if picture in pair[:2]]
        nearest.update(sorted(mine, key=lambda pair: (pair[2], sum(pair[:2]) - picture))[:5])
    assert set(listed(pairs_within(hashes, 24, limit=5))) == nearest
    assert len(nearest) < len(everything) / 4


def test_equal_hashes_form_a_star() -> None:
    hashes = np.zeros((100_000, HASH_BYTES), dtype=np.uint8)
    hashes[7] = 255
    found = pairs_within(hashes, 31)
    star = found.j[found.i == 0]
    assert len(found.i) == 99_998
    assert found.representative[7] == 7
    assert set(found.representative.tolist()) == {0, 7}
    assert 7 not in star


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_compare(count: int) -> None:
    found = pairs_within(np.zeros((count, HASH_BYTES), dtype=np.uint8), 31)
    assert len(found.i) == 0
    assert len(found.representative) == count


def test_wrong_arguments_are_refused() -> None:
    hashes = np.zeros((3, HASH_BYTES), dtype=np.uint8)
    with pytest.raises(ValueError, match="radius"):
        pairs_within(hashes, 48)
    with pytest.raises(ValueError, match="uint8"):
        pairs_within(hashes[:, :8], 3)
    with pytest.raises(ValueError, match="fresh"):
        pairs_within(hashes, 3, fresh=np.ones(2, dtype=bool))
