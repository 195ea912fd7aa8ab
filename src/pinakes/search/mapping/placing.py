"""Places for further points beside the neighbours that have one already, which stay where they are."""

from __future__ import annotations

import numpy as np

from pinakes.search.mapping.neighbours import Watch, nearest
from pinakes.search.mapping.reduction import Floats

#: Neighbours that are asked, and how many of them agree on a place.
ASKED, AGREEING = 7, 3


def beside(fresh: Floats, known: Floats, places: Floats, *, watch: Watch | None = None) -> Floats:
    """Places, float32 (n, 2), for points float32 (n, k) among known ones, (m, k) at (m, 2).

    Of a point's neighbours the one in the midst of the others is found, and the point put amid those next
    to it: a mean of all would put what has neighbours in two groups into the void between.
    """
    if not len(known):
        return np.zeros((len(fresh), 2), np.float32)
    found, _ = nearest(fresh, known, min(ASKED, len(known)), watch=watch)
    around = places[found]
    apart = np.linalg.norm(around[:, :, None] - around[:, None, :], axis=3)
    midst = apart.sum(axis=2).argmin(axis=1)
    nearby = np.argsort(apart[np.arange(len(fresh)), midst], axis=1, kind="stable")[:, :AGREEING]
    placed: Floats = np.take_along_axis(around, nearby[:, :, None], axis=1).mean(axis=1)
    return placed
