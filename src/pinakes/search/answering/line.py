"""Where relevance ends: how far likeness must stand out of a library's background, for each question."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

#: Share of the hits above the line that may be there by chance, in expectation (Benjamini and Hochberg 1995).
CHANCE = 0.2

#: Pictures in the background below which nothing is said: their spread would be a guess.
LEAST_BACKGROUND = 50

#: Pictures of the background with which the upper side of the spread is measured as well.
LEAST_MEASURED = 400

#: A normal distribution has this share below one deviation under its middle.
_ONE_BELOW = NormalDist().cdf(-1)

#: Share, and deviations, at which the upper side of the background is compared with the lower one.
_UPPER_SHARE = 0.975
_UPPER_DEVIATIONS = NormalDist().inv_cdf(_UPPER_SHARE)

#: Bounds of how much wider than the lower side the upper side of a background may be said to be.
NARROWEST, WIDEST = 1.0, 3.0

_Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Likeness of a library's random pictures to one question: what a picture has by chance.

    Attributes:
        scores: sorted upwards, float32 (pictures,).
        middle, spread: of the bulk; the spread is one deviation of its lower side, which what is relevant
            to the question does not reach.
    """

    scores: _Floats
    middle: float
    spread: float

    def standing(self, score: float) -> float:
        """Share of the background, 0 to 1, that is less alike."""
        return float(np.searchsorted(self.scores, score, side="left")) / len(self.scores)

    @property
    def upper_width(self) -> float:
        """How many times wider the upper side is than the lower one, where both are thought normal."""
        upper = float(np.quantile(self.scores, _UPPER_SHARE))
        return (upper - self.middle) / (_UPPER_DEVIATIONS * self.spread)


def background(scores: _Floats) -> Background | None:
    """Describe the likeness of random pictures to a question, float32 (pictures,).

    None where they are too few, or all alike, so that nothing can stand out of them.
    """
    if len(scores) < LEAST_BACKGROUND:
        return None
    ordered = np.sort(scores)
    middle = float(np.median(ordered))
    spread = middle - float(np.quantile(ordered, _ONE_BELOW))
    return Background(ordered, middle, spread) if spread > 1e-6 else None


def width_of(backgrounds: list[Background]) -> float:
    """How much wider backgrounds of a model are above than below: the median over several questions.

    The median, because a few of the questions will have many relevant pictures in this library.
    """
    widths = [each.upper_width for each in backgrounds if len(each.scores) >= LEAST_MEASURED]
    return min(max(float(np.median(widths)), NARROWEST), WIDEST) if widths else NARROWEST


def above_line(scores: _Floats, behind: Background, pictures: int, *, width: float = NARROWEST) -> int:
    """How many of the best stand out: float32 (hits,) sorted downwards, of `pictures` that were compared.

    The line lies as low as it can while at most `CHANCE` of the hits above it would be expected there if
    likeness were nothing but background. So it is far up where a large library has nothing of the kind,
    and reaches further down the more pictures of the kind there are.
    """
    expected = pictures * _by_chance((scores - behind.middle) / (behind.spread * width))
    allowed = CHANCE * np.arange(1, len(scores) + 1)
    standing = np.flatnonzero(expected <= allowed)
    return int(standing[-1]) + 1 if len(standing) else 0


def _by_chance(deviations: _Floats) -> NDArray[np.float64]:
    """Share of a normal distribution above so many deviations."""
    return np.array([math.erfc(value / math.sqrt(2)) / 2 for value in deviations.tolist()])
