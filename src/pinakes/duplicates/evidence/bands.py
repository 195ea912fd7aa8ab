"""How a 256-bit hash is cut so that near hashes must nearly agree somewhere: bands and their allowances."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

#: A hash is cut into half words of 32 bits, and each of them into two bands of 16 bits.
HALVES, BAND_BITS = 8, 16


@dataclass(frozen=True, slots=True)
class Band:
    """One band: its place from 0 to 15, and how many wrong bits it and its half word may have."""

    number: int
    slack: int
    half_slack: int

    @property
    def half(self) -> int:
        """The half word that the band lies in."""
        return self.number // 2

    def accepts(self, difference: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """Whether pairs satisfy the band, given the exclusive or of their half words, uint32 (m,)."""
        words = np.ascontiguousarray(difference)
        wrong = np.bitwise_count(words.view(np.uint16)[self.number % 2 :: 2])
        return np.asarray((wrong <= self.slack) & (np.bitwise_count(words) <= self.half_slack))


@lru_cache(maxsize=64)
def bands(radius: int) -> tuple[Band, ...]:
    """The bands worth searching: two hashes with at most `radius` wrong bits satisfy one of them at least.

    By the general pigeonhole principle (Qin et al. 2018): allowances whose sum, each plus one, is one more
    than the wrong bits there are cannot all be exceeded; first among half words, then inside one.
    """
    found = []
    for half, half_slack in enumerate(_allowances(radius, HALVES)):
        for side, slack in enumerate(_allowances(half_slack, 2)):
            if slack >= 0:
                found.append(Band(2 * half + side, slack, half_slack))
    return tuple(found)


@lru_cache(maxsize=4)
def flips(slack: int) -> NDArray[np.uint16]:
    """All masks of a band with at most `slack` bits set, fewest first."""
    chosen = (bits for size in range(slack + 1) for bits in combinations(range(BAND_BITS), size))
    return np.array([sum(1 << bit for bit in bits) for bits in chosen], dtype=np.uint16)


def first_band(difference: NDArray[np.uint32], radius: int) -> NDArray[np.int64]:
    """The number of the first band that pairs of hashes satisfy, given their exclusive or, uint32 (m, 8)."""
    some = bands(radius)
    accepted = np.stack([band.accepts(difference[:, band.half]) for band in some])
    return np.asarray(np.array([band.number for band in some])[np.argmax(accepted, axis=0)])


def _allowances(total: int, parts: int) -> list[int]:
    whole, rest = divmod(total + 1, parts)
    return [whole - 1 + (part < rest) for part in range(parts)]
