"""Every pair of perceptual hashes within a Hamming distance, under the eight turns, without comparing all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pinakes.duplicates.evidence.bands import BAND_BITS, Band, bands, first_band, flips
from pinakes.duplicates.evidence.equal_rows import first_equal
from pinakes.duplicates.evidence.packed_pairs import MOST_PICTURES, pack, thinned, unpack
from pinakes.images.perceptual import HASH_BYTES, Symmetry, turned

#: Presets of the hash tier: the largest distance that counts, of 256 bits. `benchmarks/hash_peers.py` finds
#: 78, 82, 84 and 84 % of copies of 17 kinds within them (the rest are crops, borders and texts, which are for
#: the copy tier) and no unrelated pair within 87 of 677,016. When they were chosen, 4,368,932 unrelated pairs
#: of photos and cut-outs came no nearer than 74 in any turn, different products of one kind 61, forms filled
#: in differently 57, receipts of one shop 39. What limits the radius is the next shot of a scene: of re-takes
#: by a camera that hardly moved 0.2, 1.3, 4.6 and 9.7 % lay within these four, and 22 % within 40.
PRESETS = {"strict": 10, "careful": 18, "balanced": 24, "loose": 31}

#: Above this distance the bands would need three wrong bits, and probing costs more than it saves.
LARGEST_RADIUS = 47

#: Pictures whose hashes are turned and searched at a time (33 MB of turned hashes).
BLOCK = 1 << 17

#: Candidates compared at a time; their few arrays stay in a core's cache.
CANDIDATES = 1 << 17

#: Pairs that one thread keeps before the surplus of crowded pictures is thinned out (16 MB).
KEPT = 1 << 21

_Ints = NDArray[np.int64]
_Words = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class HashPairs:
    """Pairs of pictures i < j, in order of (i, j), int64 each; equal hashes are told apart from near ones.

    `distance` counts differing bits, and `symmetry` (a `Symmetry` value) is the turn of i that comes this
    near to j; of equal distances the first turn. `representative` names for every picture the first one
    whose hash is the same; only representatives are compared, and every other picture has one pair, of
    distance 0, with its representative. So 100,000 black frames give 99,999 pairs.
    """

    i: _Ints
    j: _Ints
    distance: _Ints
    symmetry: _Ints
    representative: _Ints


@dataclass(frozen=True, slots=True)
class _Asked:
    """Turned hashes to look for: words uint32 (m, 8), and the picture and the turn of each row."""

    words: _Words
    picture: _Ints
    turn: _Ints


@dataclass(frozen=True, slots=True)
class _Library:
    """Hashes to look among: words uint32 (n, 8), their pictures, and which of them ask themselves."""

    words: _Words
    picture: _Ints
    asks: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Question:
    radius: int
    turns: bool
    limit: int
    workers: int


def pairs_within(
    hashes: NDArray[np.uint8],
    radius: int,
    *,
    fresh: NDArray[np.bool_] | None = None,
    turns: bool = True,
    limit: int = 256,
    workers: int = 1,
) -> HashPairs:
    """Find all pairs of hashes at most `radius` bits apart, under any of the eight turns.

    Takes uint8 (n, 32) hashes of `perceptual_hash` and a radius from 0 to 47. Exact: the same pairs as
    comparing everything, whatever the block sizes and `workers` (threads); only of a picture with more than
    `limit` neighbours the nearest stay, unless it is among the nearest of the other. The caller leaves out
    pictures whose quality is below `MINIMUM_QUALITY`: near-constant pictures have hashes of noise.

    With `fresh` (bool (n,)) only pairs that touch a picture so marked are returned, at a cost that grows
    with their number. When a representative goes away, mark the pictures that it stood for as fresh.

    Method: multi-index hashing (Norouzi et al. 2012) in three levels. Of eight half words one has at most
    radius/8 wrong bits, of its two bands one at most half of those (see `bands`); candidates nearly share
    that band, and are checked on the half word before the whole. Near-linear up to some 100,000 hashes,
    quadratic above with a factor near 1/500: 1,000,000 took 144 s and 220 MB on two cores
    (`benchmarks/hash_growth.py`). A crowd of m nearly equal hashes costs m squared.

    Raises:
        ValueError: wrong shape or dtype, over 134,217,728 hashes, or a radius out of range.
    """
    _check(hashes, radius, fresh)
    representative, first = first_equal(hashes)
    distinct = hashes[first]
    question = _Question(radius, turns, limit, workers)
    asks = np.ones(len(first), dtype=bool)
    if fresh is not None:
        asks = np.bincount(representative, fresh, len(hashes))[first] > 0
    found = [np.empty(0, dtype=np.int64)]
    for rows, lowest in _blocks(asks):
        found.append(_join(distinct, asks, rows, lowest, question))
    low, high, distance, symmetry = unpack(thinned(np.concatenate(found), limit))
    twins = np.flatnonzero(representative != np.arange(len(hashes)))
    if fresh is not None:
        twins = twins[fresh[twins] | fresh[representative[twins]]]
    i = np.concatenate([first[low], representative[twins]])
    j = np.concatenate([first[high], twins])
    order = np.lexsort((j, i))
    nothing = np.zeros(len(twins), dtype=np.int64)
    distance, symmetry = np.concatenate([distance, nothing]), np.concatenate([symmetry, nothing])
    return HashPairs(i[order], j[order], distance[order], symmetry[order], representative)


def _check(hashes: NDArray[np.uint8], radius: int, fresh: NDArray[np.bool_] | None) -> None:
    if hashes.dtype != np.uint8 or hashes.ndim != 2 or hashes.shape[1] != HASH_BYTES:
        raise ValueError(f"expected uint8 (n, {HASH_BYTES}) hashes, got {hashes.dtype} {hashes.shape}")
    if len(hashes) > MOST_PICTURES:
        raise ValueError(f"at most {MOST_PICTURES} hashes can be joined, got {len(hashes)}")
    if not 0 <= radius <= LARGEST_RADIUS:
        raise ValueError(f"radius must be from 0 to {LARGEST_RADIUS}, got {radius}")
    if fresh is not None and fresh.shape != (len(hashes),):
        raise ValueError(f"fresh must have shape ({len(hashes)},), got {fresh.shape}")


def _blocks(asks: NDArray[np.bool_]) -> Iterator[tuple[_Ints, int]]:
    """Blocks of pictures that ask, each with the lowest picture to look among."""
    rows = np.flatnonzero(asks)
    everything = len(rows) == len(asks)
    for start in range(0, len(rows), BLOCK):
        yield rows[start : start + BLOCK], start if everything else 0


def _join(
    hashes: NDArray[np.uint8], asks: NDArray[np.bool_], rows: _Ints, lowest: int, question: _Question
) -> _Ints:
    """Packed pairs of a block of pictures with all from `lowest` on."""
    count = len(Symmetry) if question.turns else 1
    turns = turned(hashes[rows]) if question.turns else hashes[rows]
    asked = _Asked(
        turns.reshape(-1, HASH_BYTES).view(np.uint32),
        np.repeat(rows, count),
        np.tile(np.arange(count, dtype=np.int64), len(rows)),
    )
    words = np.ascontiguousarray(hashes[lowest:]).view(np.uint32)
    library = _Library(words, np.arange(lowest, len(hashes), dtype=np.int64), asks[lowest:])
    with ThreadPoolExecutor(max_workers=question.workers) as pool:
        parts = list(pool.map(partial(_search, asked, library, question), bands(question.radius)))
    return thinned(np.concatenate(parts), question.limit)


def _search(asked: _Asked, library: _Library, question: _Question, band: Band) -> _Ints:
    """The packed pairs that this band is the first to find."""
    keys, order, halves = _sorted(asked.words, band)
    index, places, targets = _sorted(library.words, band)
    sizes = np.bincount(index, minlength=1 << BAND_BITS)
    starts = np.cumsum(sizes) - sizes
    found = [np.empty(0, dtype=np.int64)]
    kept, room = 0, KEPT
    for flip in flips(band.slack):
        probes = keys ^ flip
        for rows, spots in _near(halves, targets, starts[probes], sizes[probes], band.half_slack):
            part = _confirmed(asked, library, order[rows], places[spots], question.radius, band)
            found.append(part)
            kept += len(part)
            if kept > room:
                found = [thinned(np.concatenate(found), question.limit)]
                kept = len(found[0])
                room = KEPT + 2 * kept
    return np.concatenate(found)


def _sorted(words: _Words, band: Band) -> tuple[NDArray[np.uint16], _Ints, _Words]:
    """The band's keys in ascending order, the rows that they come from, and the half words around them."""
    keys = words.view(np.uint16)[:, band.number]
    order = np.argsort(keys, kind="stable")
    return keys[order], order, words[order, band.half]


def _near(
    halves: _Words, targets: _Words, starts: _Ints, counts: _Ints, slack: int
) -> Iterator[tuple[_Ints, _Ints]]:
    """Rows of `halves` and spots of `targets`, of all in each row's run, at most `slack` bits apart."""
    rows = np.flatnonzero(counts)
    ends = np.cumsum(counts[rows])
    cut, offset = 0, 0
    while cut < len(rows):
        until = max(cut + 1, int(np.searchsorted(ends, offset + CANDIDATES, side="right")))
        part, run = rows[cut:until], counts[rows[cut:until]]
        begins = ends[cut:until] - run - offset
        spots = np.arange(ends[until - 1] - offset) + np.repeat(starts[part] - begins, run)
        wrong = np.bitwise_count(np.repeat(halves[part], run) ^ targets.take(spots))
        hits = np.flatnonzero(wrong <= slack)
        yield part[np.searchsorted(begins, hits, side="right") - 1], spots[hits]
        cut, offset = until, int(ends[until - 1])


def _confirmed(asked: _Asked, library: _Library, rows: _Ints, spots: _Ints, radius: int, band: Band) -> _Ints:
    """Of candidates, those within the radius that no earlier band finds, each pair from one side only."""
    a, b = asked.picture[rows], library.picture[spots]
    once = (a < b) | ((a > b) & ~library.asks[spots])
    ahead = bands(radius)[0]
    if band != ahead:  # in a crowd nearly all pairs are found by the first band already
        once &= ~ahead.accepts(asked.words[rows, ahead.half] ^ library.words[spots, ahead.half])
    rows, spots, a, b = rows[once], spots[once], a[once], b[once]
    difference = asked.words[rows] ^ library.words[spots]
    distance = np.bitwise_count(difference).sum(axis=1, dtype=np.int64)
    within = np.flatnonzero(distance <= radius)
    within = within[first_band(difference[within], radius) == band.number]
    a, b, turn = a[within], b[within], asked.turn[rows[within]]
    inverse = np.array([symmetry.inverse for symmetry in Symmetry], dtype=np.int64)
    turn = np.where(a < b, turn, inverse[turn])
    return pack(np.minimum(a, b), np.maximum(a, b), distance[within], turn)
