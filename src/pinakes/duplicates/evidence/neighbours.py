"""Every pair of embeddings above a cosine, exactly, by bounding most pairs in a few dimensions first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.duplicates.evidence.equal_rows import first_equal

#: Presets of the similar tier: the smallest cosine that counts, for revision 1 of `pinakes-global`. Measured
#: by `benchmarks/similar_shots.py` on 400 photos: false pairs in a million unrelated ones 0, 0, 0 and 9 (of
#: 1,864,609; none reaches 0.74); pairs of look-alikes (products of one kind, views of one dashcam) that pass
#: 0.1, 0.2, 0.7 and 1.8 %; next frames of a burst found 66, 93, 98 and 99.8 %, the scene from a step aside
#: with something new in front 6, 30, 49 and 78 %. Pages of text and forms resemble one another above 0.9:
#: never remove anything on this evidence alone.
PRESETS = {"strict": 0.88, "careful": 0.80, "balanced": 0.74, "loose": 0.66}

#: Rows and columns of a block of scores (32 MB of float32).
ROWS, COLUMNS = 2048, 4096

#: Rows that the principal axes are taken from; more change them little.
SAMPLE = 20_000

#: What float32 products of unit vectors may be off by, with a margin of ten.
ROUNDING = 1e-4

#: Share of a block above the bound from which one whole product is cheaper than verifying pair by pair.
DENSE = 1 / 64

#: Pairs verified at a time (54 MB at 409 dimensions), and kept before the surplus is thinned out.
VERIFIED, KEPT = 8192, 4_000_000

_Floats = NDArray[np.float32]
_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NeighbourPairs:
    """Pairs of pictures i < j in order of (i, j), int64, with their cosine `score`, float64.

    `representative` names for every picture the first one with the very same vector; only those are
    compared, and every other picture has one pair, of score 1, with its representative.
    """

    i: _Ints
    j: _Ints
    score: NDArray[np.float64]
    representative: _Ints


@dataclass(frozen=True, slots=True)
class _Found:
    i: _Ints
    j: _Ints
    score: NDArray[np.float64]


def pairs_above(
    vectors: _Floats, threshold: float, *, limit: int = 64, fresh: NDArray[np.bool_] | None = None
) -> NeighbourPairs:
    """Find the pairs of unit vectors whose cosine is at least `threshold`.

    Takes float32 (n, d) of length 1 and a threshold in (0, 1]. Of a picture with more than `limit`
    neighbours only the nearest stay, unless it is among the nearest of the other; below that, exact: the
    same pairs as comparing everything, the cosine in float64. With `fresh` (bool (n,)) only pairs that
    touch a picture so marked are returned, at a cost of their number times n.

    Method: turn the vectors to their principal axes, keep the first k numbers and, as one more, the length
    of the rest. By Cauchy and Schwarz the product of these short vectors is never below the cosine, so
    one thin matrix product rules out nearly all pairs, whatever the data; the rest are computed in full.
    Quadratic in n: see `benchmarks/neighbour_growth.py`.

    Raises:
        ValueError: wrong shape or dtype, vectors that are not of length 1, or a threshold out of range.
    """
    _check(vectors, threshold, fresh)
    representative, first = first_equal(vectors)
    distinct = vectors[first]
    news = None
    if fresh is not None:
        news = np.flatnonzero(np.bincount(representative, fresh, len(vectors))[first])
    found = _search(distinct, threshold, limit, news)
    twins = np.flatnonzero(representative != np.arange(len(vectors)))
    if fresh is not None:
        twins = twins[fresh[twins] | fresh[representative[twins]]]
    i = np.concatenate([first[found.i], representative[twins]])
    j = np.concatenate([first[found.j], twins])
    score = np.concatenate([found.score, np.ones(len(twins))])
    order = np.lexsort((j, i))
    return NeighbourPairs(i[order], j[order], score[order], representative)


def _check(vectors: _Floats, threshold: float, fresh: NDArray[np.bool_] | None) -> None:
    if vectors.dtype != np.float32 or vectors.ndim != 2:
        raise ValueError(f"expected float32 (n, d) vectors, got {vectors.dtype} {vectors.shape}")
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold must be above 0 and at most 1, got {threshold}")
    if fresh is not None and fresh.shape != (len(vectors),):
        raise ValueError(f"fresh must have shape ({len(vectors)},), got {fresh.shape}")
    if len(vectors) and float(np.abs(np.linalg.norm(vectors, axis=1) - 1).max()) > ROUNDING:
        raise ValueError("expected vectors of length 1")


def _search(vectors: _Floats, threshold: float, limit: int, news: _Ints | None) -> _Found:
    parts: list[_Found] = []
    kept, room = 0, KEPT
    for i, j in _candidates(vectors, threshold, limit, news):
        for start in range(0, len(i), VERIFIED):
            part = _verified(vectors, i[start : start + VERIFIED], j[start : start + VERIFIED], threshold)
            parts.append(part)
            kept += len(part.i)
        if kept > room:
            parts = [_nearest(parts, limit)]
            kept = len(parts[0].i)
            room = KEPT + 2 * kept
    return _nearest(parts, limit)


def _candidates(
    vectors: _Floats, threshold: float, limit: int, news: _Ints | None
) -> Iterator[tuple[_Ints, _Ints]]:
    """Pairs i < j, each once, among which are all above the threshold."""
    short = _shortened(vectors, threshold)
    rows = np.arange(len(vectors)) if news is None else news
    isnew = np.zeros(len(vectors), dtype=bool)
    isnew[rows] = True
    for top in range(0, len(rows), ROWS):
        asked = rows[top : top + ROWS]
        for left in range(top // COLUMNS * COLUMNS if news is None else 0, len(vectors), COLUMNS):
            bound = short[asked] @ short[left : left + COLUMNS].T
            hits = np.flatnonzero(bound >= threshold - ROUNDING)
            if len(hits) > DENSE * bound.size:
                hits = _foremost(vectors[asked] @ vectors[left : left + COLUMNS].T, threshold, limit)
            a, b = asked[hits // bound.shape[1]], left + hits % bound.shape[1]
            once = (a < b) | ((a > b) & ~isnew[b])
            yield np.minimum(a, b)[once], np.maximum(a, b)[once]


def _shortened(vectors: _Floats, threshold: float) -> _Floats:
    """Vectors (n, k + 1) whose products are never below the cosines: k axes, and the length of the rest."""
    sample = vectors[:: max(1, len(vectors) // SAMPLE)]
    strengths, axes = np.linalg.eigh((sample.T @ sample).astype(np.float64))
    rest = 1 - np.cumsum(strengths[::-1]) / max(float(strengths.sum()), 1e-9)
    length = min(int(np.searchsorted(-rest, -(1 - threshold) / 2)) + 1, vectors.shape[1])
    turned = vectors @ axes[:, ::-1].astype(np.float32)
    tail = np.linalg.norm(turned[:, length:], axis=1, keepdims=True)
    return np.ascontiguousarray(np.concatenate([turned[:, :length], tail], axis=1))


def _foremost(scores: _Floats, threshold: float, limit: int) -> _Ints:
    """Places in a crowded block above the threshold and among the `limit` best of their row or column."""
    row, column = (max(length - limit - 1, 0) for length in scores.shape)  # one is the picture itself
    by_row = np.partition(scores, column, axis=1)[:, column]
    by_column = np.partition(scores, row, axis=0)[row]
    best = (scores >= by_row[:, None] - ROUNDING) | (scores >= by_column - ROUNDING)
    return np.flatnonzero(best & (scores >= threshold - ROUNDING))


def _verified(vectors: _Floats, i: _Ints, j: _Ints, threshold: float) -> _Found:
    score = np.einsum("pd,pd->p", vectors[i].astype(np.float64), vectors[j].astype(np.float64))
    above = score >= threshold
    return _Found(i[above], j[above], np.minimum(score[above], 1.0))


def _nearest(parts: list[_Found], limit: int) -> _Found:
    """The pairs that are among the `limit` nearest of either picture; of equal scores the first."""
    if not parts:
        nothing = np.empty(0, dtype=np.int64)
        return _Found(nothing, nothing, np.empty(0))
    i = np.concatenate([part.i for part in parts])
    j = np.concatenate([part.j for part in parts])
    score = np.concatenate([part.score for part in parts])
    of, other = np.concatenate([i, j]), np.concatenate([j, i])
    order = np.lexsort((other, -np.concatenate([score, score]), of))
    grouped = of[order]
    rank = np.empty(len(of), dtype=np.int64)
    rank[order] = np.arange(len(of)) - np.searchsorted(grouped, grouped)
    stays = rank.reshape(2, -1).min(axis=0) < limit
    return _Found(i[stays], j[stays], score[stays])
