"""The repulsion of every point from every other on a plane, in time that grows with the points alone.

The kernel is smooth, so its sums are taken on a grid: points are spread to the nine nodes around them, the
nodes are convolved with the kernel by fast Fourier transform, and each point reads its sum back. This is the
method of Linderman, Rachh, Hoskins, Steinerberger and Kluger, "Fast interpolation-based t-SNE for improved
visualization of single-cell RNA-seq data", Nature Methods 16, 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pinakes.search.mapping.neighbours import Ints
from pinakes.search.mapping.reduction import Floats

#: Distance of two nodes, where the kernel changes over a distance of 1: a third took twice the time and kept
#: no more neighbours, 1 kept fewer.
SPACING = 1 / 2

#: Nodes along a side: too few do not tell a narrow plane's points apart, many take memory and time.
FEWEST, MOST = 48, 1024

#: Least that all kernels come to, for each point: below, the grid's numbers do not tell.
LEAST_TOTAL = 1e-3

#: Nodes beyond the outermost points on each side.
MARGIN = 2

Transforms = NDArray[np.complexfloating]


def repulsion(places: Floats) -> tuple[Floats, float]:
    """What pushes each point, and the sum of all kernels between two points.

    The first is the sum over j of (yᵢ - yⱼ) / (1 + |yᵢ - yⱼ|²)², float32 (n, 2); the second that over i ≠ j
    of 1 / (1 + |yᵢ - yⱼ|²).
    """
    grid = _Grid.over(places)
    along = places - grid.middle
    charges = (np.ones(len(places), np.float32), along[:, 0], along[:, 1])
    spread = [grid.spread(charge) for charge in charges]
    first, second = _kernels(grid.side, grid.spacing)
    total = float(grid.read(_sums(spread[0] * first)).sum(dtype=np.float64)) - len(places)
    mass, across, down = (grid.read(_sums(each * second)) for each in spread)
    pushed = along * mass[:, None] - np.stack((across, down), axis=1)
    return pushed, max(total, LEAST_TOTAL * len(places))


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """A square of nodes over points; each has nine `nodes`, int64 (n, 9), and `shares`, float32 (n, 9)."""

    side: int
    spacing: float
    middle: Floats
    nodes: Ints
    shares: Floats

    @classmethod
    def over(cls, places: Floats) -> _Grid:
        low, high = places.min(axis=0), places.max(axis=0)
        span = max(float((high - low).max()), 1e-6)
        side = _rounded(int(np.clip(span / SPACING + 2 * MARGIN, FEWEST, MOST)))
        # At the usual spacing a grid's kernel is that of the pass before.
        inner = side - 2 * MARGIN
        spacing = SPACING if side > FEWEST and span <= SPACING * inner else span / inner
        position = (places - low) / np.float32(spacing) + np.float32(MARGIN - 0.5)
        nearest = np.rint(position).astype(np.int64)
        rows, columns = (_quadratic(position[:, axis] - nearest[:, axis]) for axis in (0, 1))
        shares = (rows[:, :, None] * columns[:, None, :]).reshape(len(places), 9)
        steps = (np.arange(-1, 2)[:, None] * side + np.arange(-1, 2)).ravel()
        nodes = (nearest[:, 0] * side + nearest[:, 1])[:, None] + steps
        return cls(side, spacing, (low + high) / 2, nodes, shares)

    def spread(self, charges: Floats) -> Transforms:
        """The transform of the points' charges, (n,), spread over the nodes."""
        weights = (self.shares * charges[:, None]).ravel()
        nodes = np.bincount(self.nodes.ravel(), weights, self.side**2)
        rows = np.fft.rfft(nodes.astype(np.float32).reshape(self.side, self.side), 2 * self.side, axis=1)
        return np.fft.fft(rows, 2 * self.side, axis=0)

    def read(self, sums: Floats) -> Floats:
        """The nodes' sums at the points, (n,)."""
        read: Floats = np.einsum("ij,ij->i", sums.ravel()[self.nodes], self.shares)
        return read


@lru_cache(maxsize=2)
def _kernels(side: int, spacing: float) -> tuple[Transforms, Transforms]:
    """The transforms of 1 / (1 + d²) and of its square between nodes of a grid that is doubled.

    It is twice as wide as the points need, so that its ends do not meet.
    """
    steps = np.arange(2 * side)
    apart = np.minimum(steps, 2 * side - steps) * spacing
    kernel = (1 / (1 + apart[:, None] ** 2 + apart**2)).astype(np.float32)
    return np.fft.rfft2(kernel), np.fft.rfft2(kernel**2)


def _sums(transform: Transforms) -> Floats:
    """Every node's sum over all nodes, float32 (side, side), of a product of transforms."""
    side = len(transform) // 2
    rows = np.fft.ifft(transform, axis=0)[:side]
    whole: Floats = np.fft.irfft(rows, 2 * side, axis=1)[:, :side].astype(np.float32, copy=False)
    return whole


def _rounded(side: int) -> int:
    """The next number of nodes whose transform is quick: a multiple of a sixteenth of a power of two."""
    step: int = max(1, 2 ** (side.bit_length() - 1) // 8)
    return -(-side // step) * step


def _quadratic(offset: Floats) -> Floats:
    """Shares of the three nodes around a point, (n, 3), by its offset from the middle one, -1/2 to 1/2."""
    return np.stack((offset * (offset - 1) / 2, 1 - offset**2, offset * (offset + 1) / 2), axis=1)
