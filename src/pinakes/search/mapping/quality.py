"""How much of a space a plane keeps: what map makers agree to measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pinakes.search.mapping.neighbours import Ints, nearest
from pinakes.search.mapping.reduction import Floats

#: Neighbours that are compared, and points that are asked of.
NEIGHBOURS, ASKED = 10, 1000


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares from 0 to 1, higher is better.

    `kept` is how many of a point's nearest ten are among its nearest ten on the plane. `trustworthiness`
    (Venna and Kaski, 2001) falls with the rank, in the space, of those that the plane alone calls near.
    """

    kept: float
    trustworthiness: float


def quality(points: Floats, places: Floats, *, seed: int = 0) -> Quality:
    """Compare a plane, float32 (n, 2), with the space, float32 (n, k), at points drawn by `seed`."""
    count = min(NEIGHBOURS, len(points) // 2 - 1)
    if count < 1:
        return Quality(1.0, 1.0)
    asked = np.sort(np.random.default_rng(seed).permutation(len(points))[:ASKED])
    drawn, _ = nearest(places[asked], places, count + 1)
    plane = _without_themselves(drawn, asked)
    ranks = np.stack([_ranks(points, int(row), shown) for row, shown in zip(asked, plane, strict=True)])
    n = len(points)
    worst = len(asked) * count * (2 * n - 3 * count - 1) / 2
    return Quality(
        kept=float((ranks <= count).mean()),
        trustworthiness=float(1 - np.maximum(ranks - count, 0).sum() / worst),
    )


def _without_themselves(found: Ints, asked: Ints) -> Ints:
    """Each row without the point that it belongs to; without its last where that is not there."""
    own = found == asked[:, None]
    own[~own.any(axis=1), -1] = True
    others: Ints = found[~own].reshape(len(found), -1)
    return others


def _ranks(points: Floats, row: int, others: Ints) -> Ints:
    """Which nearest neighbour of a point each of some others is; the nearest has rank 1."""
    distances = np.square(points - points[row]).sum(axis=1)
    distances[row] = np.inf
    ranks: Ints = (distances < distances[others][:, None]).sum(axis=1) + 1
    return ranks
