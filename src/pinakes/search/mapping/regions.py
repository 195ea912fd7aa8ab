"""Regions of a map: where many points crowd around one place, found as the hills of their density."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.search.mapping.neighbours import Ints
from pinakes.search.mapping.reduction import Floats

#: Cells along a side of the density, and how often it is smoothed by (1 2 1) / 4 along each side.
CELLS, SMOOTHED = 64, 6

#: Most regions that are named, and fewest points of one.
MOST_REGIONS, FEWEST_POINTS = 40, 5


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A hill of a map: its summit on the plane, and the rows of the points that lie on it, int64 (n,)."""

    x: float
    y: float
    rows: Ints


def regions(places: Floats) -> list[Region]:
    """The regions of a map, float32 (n, 2) within -1 to 1, the one with most points first."""
    cells = np.clip(((places + 1) / 2 * CELLS).astype(np.int64), 0, CELLS - 1)
    flat = cells[:, 0] * CELLS + cells[:, 1]
    counted = np.bincount(flat, minlength=CELLS**2).reshape(CELLS, CELLS)
    summits = _summits(_smoothed(counted.astype(np.float64)))[flat]
    order = np.argsort(summits, kind="stable")
    found, starts = np.unique(summits[order], return_index=True)
    hills = zip(found.tolist(), np.split(order, starts[1:]), strict=True)
    made = [Region(*_middle(places, rows), rows) for _, rows in hills if len(rows) >= FEWEST_POINTS]
    return sorted(made, key=lambda region: -len(region.rows))[:MOST_REGIONS]


def _middle(places: Floats, rows: Ints) -> tuple[float, float]:
    x, y = np.median(places[rows], axis=0).tolist()
    return x, y


def _smoothed(density: NDArray[np.float64]) -> NDArray[np.float64]:
    for _ in range(SMOOTHED):
        for axis in (0, 1):
            padded = np.pad(density, [(1, 1) if each == axis else (0, 0) for each in (0, 1)])
            before, behind = padded.take(range(CELLS), axis), padded.take(range(2, CELLS + 2), axis)
            density = (before + 2 * density + behind) / 4
    return density


def _summits(density: NDArray[np.float64]) -> Ints:
    """For each cell, flat, the cell one comes to by always going up: (CELLS²,)."""
    padded = np.pad(density, 1, constant_values=-1.0)
    steps = [(row, column) for row in (0, 1, 2) for column in (0, 1, 2)]
    around = np.stack([padded[row : row + CELLS, column : column + CELLS] for row, column in steps])
    ways = np.array([(row - 1) * CELLS + column - 1 for row, column in steps])
    # Of equally high cells the one itself wins, so that a plain does not wander.
    around[4] += 1e-12
    upward: Ints = np.arange(CELLS**2) + ways[around.argmax(axis=0)].ravel()
    while not np.array_equal(upward[upward], upward):
        upward = upward[upward]
    return upward
