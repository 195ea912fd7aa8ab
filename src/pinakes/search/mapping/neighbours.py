"""The nearest of many points to each of many others, exactly, in blocks of bounded memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pinakes.search.mapping.reduction import Floats

#: Rows and columns of a block of scores (32 MB of float32).
ROWS, COLUMNS = 2048, 4096

Ints = NDArray[np.int64]

#: Hears how many rows are done; may raise to stop.
Watch = Callable[[int], None]


def nearest(
    asked: Floats, points: Floats, count: int, *, themselves: bool = False, watch: Watch | None = None
) -> tuple[Ints, Floats]:
    """The `count` nearest of `points` to each row of `asked`, by Euclidean distance, nearest first.

    Takes float32 (n, k) and (m, k); gives rows of `points`, int64 (n, count), and squared distances,
    float32 (n, count). With `themselves`, `asked` are the points and none is its own neighbour.

    Method: blocks of a matrix product; after the first block only scores above the worst that a row keeps
    are looked at, which are few.

    Raises:
        ValueError: there are fewer points than are asked for.
    """
    if count > len(points) - themselves:
        raise ValueError(f"{count} neighbours of {len(points)} points")
    lengths = np.einsum("ij,ij->i", points, points)
    found = np.empty((len(asked), count), np.int64)
    distances = np.empty((len(asked), count), np.float32)
    for start in range(0, len(asked), ROWS):
        rows = asked[start : start + ROWS]
        kept = _Kept(len(rows), count)
        for first in range(0, len(points), COLUMNS):
            columns = slice(first, first + COLUMNS)
            # |b|² - 2ab orders as the distance does; |a|² is the same along a row.
            block = lengths[columns] - 2 * (rows @ points[columns].T)
            if themselves:
                _leave_out(block, start, first)
            kept.take(block, first)
        found[start : start + ROWS] = kept.columns
        own = np.einsum("ij,ij->i", rows, rows)
        distances[start : start + ROWS] = np.maximum(kept.scores + own[:, None], 0)
        if watch is not None:
            watch(min(start + ROWS, len(asked)))
    return found, distances


def _leave_out(block: Floats, start: int, first: int) -> None:
    """Make every point infinitely far from itself."""
    rows = np.arange(max(start, first), min(start + len(block), first + block.shape[1]))
    block[rows - start, rows - first] = np.inf


class _Kept:
    """The best so far of some rows."""

    def __init__(self, rows: int, count: int) -> None:
        self.scores: Floats = np.full((rows, count), np.inf, np.float32)
        self.columns: Ints = np.full((rows, count), -1, np.int64)

    def take(self, block: Floats, first: int) -> None:
        """Take the better of a block whose first column is point `first`."""
        better = block < self.scores[:, -1:]
        rows = np.flatnonzero(better.any(axis=1))
        if not len(rows):
            return
        widest = int(better[rows].sum(axis=1).max())
        count = min(max(widest, 1), self.scores.shape[1], block.shape[1])
        best = _lowest(block[rows], count)
        scores = np.concatenate((self.scores[rows], np.take_along_axis(block[rows], best, axis=1)), axis=1)
        columns = np.concatenate((self.columns[rows], best + first), axis=1)
        order = np.lexsort((columns, scores))[:, : self.scores.shape[1]]
        self.scores[rows] = np.take_along_axis(scores, order, axis=1)
        self.columns[rows] = np.take_along_axis(columns, order, axis=1)


def _lowest(block: Floats, count: int) -> Ints:
    if count == block.shape[1]:
        return np.broadcast_to(np.arange(count), block.shape)
    found: Ints = np.argpartition(block, count - 1, axis=1)[:, :count]
    return found
