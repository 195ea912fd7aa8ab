"""Vectors of a whole collection reduced to their principal axes, read page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Axes that are kept: of the embeddings we looked at, these hold nearly all that tells neighbours apart.
AXES = 64

#: Vectors of more dimensions are first folded to so many, which bounds the time that axes take to 2 s.
MOST_DIMENSIONS = 1536

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """Principal axes: `mean` float64 (d,), `directions` float64 (d, k), the widest first."""

    mean: NDArray[np.float64]
    directions: NDArray[np.float64]

    def reduced(self, vectors: Floats) -> Floats:
        """Coordinates along the axes, float32 (n, k); Euclidean distances are nearly those of the vectors."""
        centred = _folded(vectors) - self.mean
        return np.ascontiguousarray(centred @ self.directions, dtype=np.float32)


def principal_axes(pages: Iterable[Floats], *, kept: int = AXES) -> Axes:
    """The `kept` widest axes of all vectors, float32 (n, d) a page; memory is O(d²) and that of one page.

    The sign of each axis is fixed by its largest entry, so that equal vectors give equal axes.

    Raises:
        ValueError: there are no vectors.
    """
    count, total, products = 0, None, None
    for page in _with_rows(pages):
        folded = _folded(page)
        if total is None or products is None:
            total, products = np.zeros(folded.shape[1]), np.zeros((folded.shape[1],) * 2)
        count += len(folded)
        total += folded.sum(axis=0)
        products += folded.T @ folded
    if total is None or products is None:
        raise ValueError("there are no vectors to find axes of")
    mean = total / count
    _, directions = np.linalg.eigh(products / count - np.outer(mean, mean))
    widest = directions[:, ::-1][:, :kept]
    largest = widest[np.abs(widest).argmax(axis=0), np.arange(widest.shape[1])]
    return Axes(mean, widest * np.where(largest < 0, -1.0, 1.0))


def _with_rows(pages: Iterable[Floats]) -> Iterator[Floats]:
    return (page for page in pages if len(page))


def _folded(vectors: Floats) -> NDArray[np.float64]:
    """The vectors in float64; of too many dimensions, those that fall on one another are added."""
    wide: NDArray[np.float64] = np.asarray(vectors, dtype=np.float64)
    if wide.shape[1] <= MOST_DIMENSIONS:
        return wide
    missing = -wide.shape[1] % MOST_DIMENSIONS
    padded = np.pad(wide, ((0, 0), (0, missing)))
    folded: NDArray[np.float64] = padded.reshape(len(wide), -1, MOST_DIMENSIONS).sum(axis=1)
    return folded
