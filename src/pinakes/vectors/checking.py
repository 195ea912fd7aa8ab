"""Checking a collection: every point readable and in order, and the index as good as comparing all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pinakes.core.errors import PinakesError
from pinakes.vectors.base import Collection
from pinakes.vectors.bounds import checked_vector
from pinakes.vectors.points import Point
from pinakes.vectors.snapshots import Progress, pages

#: Points that the index is asked for, and the nearest of each that are compared.
QUESTIONS, NEAREST = 50, 10


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: points read, those counted, vectors that are no embeddings, and recall at 10.

    `recall` is the share of the true nearest that the index finds, over points of the collection asked for
    their neighbours; 1.0 where there is nothing to find.
    """

    read: int
    counted: int
    malformed: int
    recall: float

    @property
    def sound(self) -> bool:
        """Whether nothing is lost, doubled or malformed; the index is judged by `recall`."""
        return self.read == self.counted and not self.malformed


def check(collection: Collection, progress: Progress) -> Finding:
    """Read every point once, and ask the index for the neighbours of some of them."""
    counted, read, malformed = collection.count(folders=None), 0, 0
    asked: list[Point] = []
    stride = max(1, counted // QUESTIONS)
    for page in pages(collection):
        malformed += sum(1 for point in page if not _is_embedding(collection, point))
        asked += [point for number, point in enumerate(page, read) if number % stride == 0]
        read += len(page)
        progress(read, max(counted, read))
    return Finding(read, counted, malformed, _recall(collection, asked[:QUESTIONS]))


def _is_embedding(collection: Collection, point: Point) -> bool:
    try:
        checked_vector(point.vector, collection.identity)
    except PinakesError:
        return False
    return True


def _recall(collection: Collection, asked: Sequence[Point]) -> float:
    """Hits count by score, since the order of equal ones is nobody's promise."""
    found = []
    for point in asked:
        exact, near = (
            collection.query(point.vector, limit=NEAREST, folders=None, exact=flag) for flag in (True, False)
        )
        least = min((hit.score for hit in exact), default=0.0) - 1e-5
        found.append(sum(1 for hit in near if hit.score >= least) / max(1, len(exact)))
    return float(np.mean(found)) if found else 1.0
