"""What a region of a map is called: the words that its pictures have and the others have not."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pinakes.search.mapping.reduction import Floats
from pinakes.search.mapping.regions import Region

#: Words of a label, and pictures that stand for a region.
WORDS, REPRESENTATIVES = 3, 5

#: Share of a region's pictures that must have a word, and pictures that must at least.
LEAST_SHARE, LEAST_PICTURES = 0.08, 3

#: Words of captions that say nothing of what is shown.
EMPTY = frozenset(
    "a an and are at by for from front has have her his image in is it its near next of off on one other out "
    "over photo photograph picture several some that the their them there these this three to two under up "
    "view while white with".split()
)

_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Label:
    """A named region: where it is, how many assets it has, those in its midst, its words, best first."""

    x: float
    y: float
    count: int
    assets: tuple[int, ...]
    words: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a caption that may name something, in lower case, each once."""
    return tuple(dict.fromkeys(word for word in _WORD.findall(text.lower()) if word not in EMPTY))


def telling(own: Counter[str], own_count: int, every: Counter[str], every_count: int) -> tuple[str, ...]:
    """The words that tell a region from the rest: often there, and rarely elsewhere.

    `own` and `every` count the pictures that have a word, in the region and in all.
    """
    least = max(LEAST_PICTURES, LEAST_SHARE * own_count)
    scores = {}
    for word, count in own.items():
        share, usual = count / own_count, every[word] / every_count
        if count >= least and share > usual:
            scores[word] = share * math.log(share / usual)
    return tuple(sorted(scores, key=lambda word: (-scores[word], word))[:WORDS])


def midst(points: Floats, region: Region) -> tuple[int, ...]:
    """Rows of the pictures nearest to the mean of a region, in the space rather than on the plane."""
    own = points[region.rows]
    order = np.argsort(np.square(own - own.mean(axis=0)).sum(axis=1), kind="stable")
    return tuple(region.rows[order[:REPRESENTATIVES]].tolist())


def counted(words: Iterable[Sequence[str]]) -> Counter[str]:
    """How many pictures have each word."""
    return Counter(word for each in words for word in set(each))
