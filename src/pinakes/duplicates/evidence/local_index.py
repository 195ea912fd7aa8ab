"""Candidate copies of a whole library from its local signatures: an inverted index joined with itself.

Features of one word whose codes differ in few bits are hits, and hits vote for pairs of images. Lists that a
growing library makes long are split by leading bits of the code, so that the work grows with the number of
features and not with its square; what that costs in recall is measured in `benchmarks/local_index_growth.py`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pinakes.duplicates.evidence.local_signature import FEATURE, LocalSignature
from pinakes.duplicates.evidence.local_votes import Hits, joined, vote

#: Codes of matching features differ in at most this many of 64 bits, in a library of up to so many features.
#: Chance hits grow with the library; true ones keep 99, 96 and 91 % at 12, 10 and 8 bits.
RADII: Final = ((3_000_000, 12), (30_000_000, 10), (1 << 40, 8))
#: Least score of a candidate: about so many well-matched features of one turn and scale.
LEAST_SCORE: Final = 1.5
#: A list longer than this is split by leading bits of the code.
LONGEST_LIST: Final = 2048
#: Features that are looked up together; bounds memory.
BLOCK_FEATURES: Final = 3_000_000
#: Hits that one feature may have in one list, on average; where there are more, only the nearest codes count.
MOST_HITS: Final = 32
#: Comparisons made in one numpy call.
_TILE = 1 << 18
_MOST_SPLITS = 8


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """Two images, by their places in the sequence with i > j, worth verifying; a higher score is better."""

    i: int
    j: int
    score: float
    mirrored: bool


def candidates(
    signatures: Sequence[LocalSignature],
    *,
    limit: int = 5,
    fresh: Collection[int] | None = None,
    least_score: float = LEAST_SCORE,
) -> list[Candidate]:
    """Find pairs of images that may be copies of one another, mirrored ones included.

    Each image gets its `limit` best partners among those before it in the sequence, so that n copies of one
    picture yield at most `limit` · n pairs. With `fresh`, only images at those places ask: each gets its best
    partners among all that are not fresh and the fresh ones before it, and the work grows with their number.
    Sorted by i, j; the same input gives the same output. Memory: some 60 bytes for each feature.
    """
    is_fresh = np.full(len(signatures), fresh is None)
    if fresh is not None:
        is_fresh[list(fresh)] = True
    index = _index(signatures)
    found: list[Candidate] = []
    for first, last in _blocks(signatures, is_fresh):
        parts = list(_hits(index, is_fresh, first, last))
        if parts:
            best = vote(joined(parts)).best(limit, least_score)
            columns = (best.i.tolist(), best.j.tolist(), best.score.tolist(), best.mirrored.tolist())
            found += [Candidate(max(i, j), min(i, j), s, m) for i, j, s, m in zip(*columns, strict=True)]
    return sorted(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """All features in the order of their lists, (n,) each, owners rising within a list."""

    keys: NDArray[np.int32]
    codes: NDArray[np.uint64]
    owners: NDArray[np.int32]
    angles: NDArray[np.uint8]
    scales: NDArray[np.uint8]
    radius: int


def _index(signatures: Sequence[LocalSignature]) -> _Index:
    features = np.concatenate([s.features for s in signatures] or [np.zeros(0, dtype=FEATURE)])
    owners = np.repeat(np.arange(len(signatures), dtype=np.int32), [len(s) for s in signatures])
    keys = _keys(features)
    order = np.argsort(keys, kind="stable")
    radius = next(bits for most, bits in RADII if len(features) <= most)
    codes, angles, scales = (
        np.ascontiguousarray(features[name])[order] for name in ("code", "angle", "scale")
    )
    return _Index(keys[order], codes, owners[order], angles, scales, radius)


def _keys(features: NDArray[np.void]) -> NDArray[np.int32]:
    """The list of each feature: its word, then as many leading bits of the code as keep lists short."""
    words = features["word"].astype(np.int32)
    sizes = np.bincount(words, minlength=1)
    bits = np.clip(np.ceil(np.log2(np.maximum(sizes / LONGEST_LIST, 1))), 0, _MOST_SPLITS).astype(np.int32)
    leading = (features["code"] >> np.uint64(64 - _MOST_SPLITS)).astype(np.int32)
    shift = _MOST_SPLITS - bits[words]
    return np.asarray((words << _MOST_SPLITS) | (leading >> shift << shift), dtype=np.int32)


def _blocks(signatures: Sequence[LocalSignature], is_fresh: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Ranges of images that hold about `BLOCK_FEATURES` features that ask."""
    counts = np.array([len(s) for s in signatures], dtype=np.int64) * is_fresh
    if not counts.any():
        return
    block = np.cumsum(counts) // BLOCK_FEATURES
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(counts)]
    yield from pairwise(edges)


def _hits(index: _Index, is_fresh: NDArray[np.bool_], first: int, last: int) -> Iterator[Hits]:
    """Every hit of the fresh images of a range with the images they may be paired with, list by list."""
    asking = np.flatnonzero((index.owners >= first) & (index.owners < last) & is_fresh[index.owners])
    if not len(asking):
        return
    only_before = bool(is_fresh.all())
    keys = index.keys[asking]
    edges = np.concatenate([[0], np.flatnonzero(np.diff(keys)) + 1, [len(keys)]]).tolist()
    begins = np.searchsorted(index.keys, keys[edges[:-1]], side="left").tolist()
    ends = np.searchsorted(index.keys, keys[edges[:-1]], side="right").tolist()
    for k, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        rows = asking[edges[k] : edges[k + 1]]
        stop = int(rows[-1]) if only_before else end
        step = max(1, _TILE // max(1, stop - begin))
        for at in range(0, len(rows), step):
            hits = _within(index, rows[at : at + step], begin, stop)
            allowed = (hits.j < hits.i) | ~is_fresh[hits.j]
            if allowed.any():
                yield hits[allowed]


def _within(index: _Index, rows: NDArray[np.int64], begin: int, stop: int) -> Hits:
    """Hits of the asking features at `rows` with those listed from `begin` up to `stop`."""
    bits = np.bitwise_count(index.codes[rows, None] ^ index.codes[None, begin:stop])
    near = bits <= index.radius
    if np.count_nonzero(near) > MOST_HITS * len(rows):
        near = _nearest(bits, index.radius)
    asked, found = np.nonzero(near)
    a, b = rows[asked], found + begin
    flips = index.scales[a] ^ index.scales[b]
    mirrored = (flips & 1).astype(np.bool_)
    turn = np.where(mirrored, index.angles[b] + index.angles[a], index.angles[b] - index.angles[a])
    octave = (index.scales[b] >> 1).astype(np.int16) - (index.scales[a] >> 1)
    return Hits(
        index.owners[a], index.owners[b], a.astype(np.int32), bits[asked, found], turn, octave, mirrored
    )


def _nearest(bits: NDArray[np.uint8], radius: int) -> NDArray[np.bool_]:
    """The nearest codes only: the largest radius that yields few enough hits, then the first of each row."""
    counts = np.cumsum(np.bincount(bits.ravel(), minlength=radius + 1)[: radius + 1])
    smaller = int(np.searchsorted(counts, MOST_HITS * len(bits), side="right")) - 1
    near = bits <= max(0, smaller)
    return np.asarray(near & (np.cumsum(near, axis=1) <= 2 * MOST_HITS), dtype=np.bool_)
