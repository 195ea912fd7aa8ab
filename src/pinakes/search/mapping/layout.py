"""Points laid out on a plane so that neighbours stay neighbours: t-SNE with exact neighbours of equal weight.

The method is van der Maaten and Hinton's ("Visualizing Data using t-SNE", JMLR 9, 2008), started from the
principal axes so that the whole keeps its shape, with the rate and the exaggeration that Belkina and others
found for many points (Nature Communications 10, 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pinakes.search.mapping.neighbours import Ints
from pinakes.search.mapping.reduction import Floats
from pinakes.search.mapping.repulsion import repulsion

#: Revision of the method, stored with every map.
REVISION = "tsne-1"

#: Neighbours of each point that pull it: with 15, ten thousand points kept .46 of their nearest ten, with 10
#: more.
NEIGHBOURS = 10

#: Passes in which groups gather, pulled so many times as strongly, and passes in which they find their form.
GATHERING, EXAGGERATION, FORMING = 200, 12.0, 400

#: Size of the first arrangement, so small that all points feel one another.
START = 1e-4

#: Longest way of a point in one pass, in units of the plane.
LONGEST_STEP = 5.0

#: Hears (passes done, passes in all); may raise to stop.
Watch = Callable[[int, int], None]


def laid_out(points: Floats, neighbours: Ints, *, seed: int = 0, watch: Watch | None = None) -> Floats:
    """Places on the plane, float32 (n, 2), for points float32 (n, k) whose neighbours are int64 (n, m).

    Equal inputs and seed give equal places; the seed only parts points that would start at one spot.
    """
    places = _started(points, seed)
    motion = _Motion(places.shape)
    for turn in range(GATHERING + FORMING):
        gathering = turn < GATHERING
        strength = EXAGGERATION if gathering else 1.0
        pushed, total = repulsion(places)
        gradient = strength * attraction(places, neighbours) - pushed / np.float32(total)
        rate = len(points) / strength
        places += motion.step(gradient, rate=rate, memory=0.5 if gathering else 0.8)
        places -= places.mean(axis=0)
        if watch is not None:
            watch(turn + 1, GATHERING + FORMING)
    return places


def attraction(places: Floats, neighbours: Ints) -> Floats:
    """What neighbours pull, float32 (n, 2): each pair weighs the same, and all weigh 1 together."""
    apart = places[:, None, :] - places[neighbours]
    apart /= (1 + np.einsum("ijk,ijk->ij", apart, apart))[:, :, None]
    pulled: Floats = apart.sum(axis=1)
    others = neighbours.ravel()
    for axis in (0, 1):
        pulled[:, axis] -= np.bincount(others, apart[:, :, axis].ravel(), len(places)).astype(np.float32)
    pulled /= 2 * others.size
    return pulled


@dataclass(slots=True, eq=False)
class _Motion:
    """Gradient descent with momentum, and a gain for each coordinate that grows while it keeps its way."""

    shape: tuple[int, ...]
    velocity: Floats = field(init=False)
    gains: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.velocity, self.gains = np.zeros(self.shape, np.float32), np.ones(self.shape, np.float32)

    def step(self, gradient: Floats, *, rate: float, memory: float) -> Floats:
        turned = np.sign(gradient) == np.sign(self.velocity)
        self.gains = np.maximum(np.where(turned, self.gains * 0.8, self.gains + 0.2), 0.01).astype(np.float32)
        self.velocity *= np.float32(memory)
        self.velocity -= np.float32(rate) * self.gains * gradient
        lengths = np.linalg.norm(self.velocity, axis=1, keepdims=True)
        self.velocity *= np.minimum(1, LONGEST_STEP / np.maximum(lengths, 1e-9)).astype(np.float32)
        return self.velocity


def _started(points: Floats, seed: int) -> Floats:
    started = np.zeros((len(points), 2), np.float32)
    started[:, : min(2, points.shape[1])] = points[:, :2]
    widest = float(started.std(axis=0).max())
    started *= np.float32(START / widest if widest else 0.0)
    noise = np.random.default_rng(seed).normal(0, START / 100, started.shape)
    return started + noise.astype(np.float32)
