"""From matching local features to scored pairs of images, by votes on a common turn and scale.

Weak geometric consistency: Jégou, Douze and Schmid, "Hamming embedding and weak geometric consistency for
large scale image search", ECCV 2008.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: A hit whose codes differ in b of 64 bits counts exp(-(b / SOFTNESS)²).
SOFTNESS: Final = 10.0
#: Hits agree when their turns lie in a window of an eighth turn and their scales in a window of one octave;
#: windows are placed at every half width, so that none is cut by an edge.
_TURNS, _SCALES = 16, 66

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Matching features of pairs of images, all (h,).

    i, j: the images. asking, found: the places of both features. bits: how many bits their codes differ in,
    uint8. turn: the angle between them in 256ths, uint8. octave: their scales' logarithm in eighths, int16.
    mirrored: whether one of the two was flipped to its canonical side.
    """

    i: NDArray[np.int32]
    j: NDArray[np.int32]
    asking: NDArray[np.int32]
    bits: NDArray[np.uint8]
    turn: NDArray[np.uint8]
    octave: NDArray[np.int16]
    mirrored: NDArray[np.bool_]

    def __getitem__(self, chosen: NDArray[np.generic]) -> "Hits":
        """Take the hits at a mask or at indices."""
        return Hits(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def joined(parts: list[Hits]) -> Hits:
    """Concatenate."""
    return Hits(*(np.concatenate([getattr(p, name) for p in parts]) for name in Hits.__dataclass_fields__))


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Pairs of images with their scores, all (p,), sorted by i and j."""

    i: NDArray[np.int32]
    j: NDArray[np.int32]
    score: NDArray[np.float32]
    mirrored: NDArray[np.bool_]

    def best(self, limit: int, least_score: float) -> "Scored":
        """Keep the `limit` best partners of each i among those of at least `least_score`."""
        order = np.lexsort((self.j, -self.score, self.i))
        order = order[self.score[order] >= least_score]
        starts = np.searchsorted(self.i[order], self.i[order], side="left")
        chosen = np.sort(order[np.arange(len(order)) - starts < limit])
        return Scored(self.i[chosen], self.j[chosen], self.score[chosen], self.mirrored[chosen])


def vote(hits: Hits) -> Scored:
    """Score each pair by its best window of turn, scale and mirroring; a feature counts once in a window.

    Pairs with a single hit are left out.
    """
    pair = hits.i.astype(np.int64) << 32 | hits.j
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    again = pair[1:] == pair[:-1]
    several = np.concatenate([again, [False]]) | np.concatenate([[False], again])
    hits, pair = hits[order[several]], pair[several]
    if not len(pair):
        return Scored(hits.i, hits.j, np.zeros(0, np.float32), hits.mirrored)
    number = np.cumsum(np.concatenate([[0], pair[1:] != pair[:-1]]))
    keys, asking, weights = _spread(hits, number)
    sums = _sums(keys, asking, weights)
    firsts = np.concatenate([[0], np.flatnonzero(np.diff(number)) + 1])
    return _best_window(sums, hits, firsts)


def _spread(hits: Hits, number: Ints) -> tuple[Ints, NDArray[np.int32], NDArray[np.float32]]:
    """Each hit in the four windows that hold it: window keys, asking features and weights."""
    weight = np.exp(-((hits.bits / SOFTNESS) ** 2)).astype(np.float32)
    turn, scale = hits.turn.astype(np.int64) // 16, (hits.octave.astype(np.int64) + 128) // 4
    keys = [
        ((number * 2 + hits.mirrored) * _TURNS + (turn - t) % _TURNS) * _SCALES
        + np.clip(scale - s, 0, _SCALES - 1)
        for t in (0, 1)
        for s in (0, 1)
    ]
    return np.concatenate(keys), np.tile(hits.asking, 4), np.tile(weight, 4)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    keys: Ints
    weights: NDArray[np.float32]


def _sums(keys: Ints, asking: NDArray[np.int32], weights: NDArray[np.float32]) -> _Sums:
    """Weights added up by window, the best hit of each asking feature only."""
    order = np.lexsort((-weights, asking, keys))
    keys, asking, weights = keys[order], asking[order], weights[order]
    new = np.concatenate([[True], keys[1:] != keys[:-1]])
    first = new | np.concatenate([[True], asking[1:] != asking[:-1]])
    keys, weights, new = keys[first], weights[first], new[first]
    return _Sums(keys[new], np.add.reduceat(weights, np.flatnonzero(new)))


def _best_window(sums: _Sums, hits: Hits, firsts: Ints) -> Scored:
    number = sums.keys // (2 * _TURNS * _SCALES)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(number)) + 1])
    score = np.maximum.reduceat(sums.weights, starts)
    order = np.lexsort((sums.keys, -sums.weights, number))
    best = order[np.searchsorted(number, np.arange(len(firsts)))]
    mirrored = sums.keys[best] // (_TURNS * _SCALES) % 2 == 1
    return Scored(hits.i[firsts], hits.j[firsts], score, mirrored)
