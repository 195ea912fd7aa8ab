"""What of a question is looked up as words, and the pictures that hold them, all or some."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pinakes.core.filters import And, Filter, Match
from pinakes.core.payload import Folders
from pinakes.search.question import Question
from pinakes.words.base import WordHit, WordIndex

#: Most words that are looked up; of a whole paragraph no picture holds more, and a model reads it all.
MOST_LOOSE = 32

#: Most words that are looked up one by one where no picture holds all of them.
MOST_APART = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What pictures must hold and must not: entries of one word, or phrases as they stand.

    `literal` and `unwanted` are conditions on every answer; `loose` words only rank.
    """

    loose: tuple[str, ...]
    literal: tuple[str, ...]
    unwanted: tuple[str, ...]

    @property
    def entries(self) -> tuple[str, ...]:
        """All that the index is asked for at once."""
        return (*self.loose, *self.literal)


@dataclass(frozen=True, slots=True)
class Looking:
    """Where words are looked up: which index, of which folders, under which conditions."""

    index: WordIndex
    folders: Folders
    where: Filter | None

    def holding(self, words: Wanted, limit: int) -> list[int]:
        """Assets that hold all of the words, best first; the last may be the beginning of one."""
        return self.index.holding(
            words.loose[-1:],
            limit=limit,
            folders=self.folders,
            where=self.where,
            whole=(*words.loose[:-1], *words.literal),
            without=words.unwanted,
        )

    def explained(self, words: Wanted, assets: Sequence[int]) -> list[WordHit]:
        """Where these assets hold all of the words; those that do not are left out."""
        among = Match("asset", tuple(assets))
        return self.index.query(
            words.loose[-1:],
            limit=len(assets),
            folders=self.folders,
            where=among if self.where is None else And((self.where, among)),
            whole=(*words.loose[:-1], *words.literal),
            without=words.unwanted,
        )


@dataclass(frozen=True, slots=True)
class ByWords:
    """Assets by the words known of them, best first.

    Attributes:
        each: what was looked up: all words at once, or one by one where nothing holds all.
        whole: whether each asset holds all of the words.
        more: whether some were cut off.
    """

    looking: Looking
    each: tuple[Wanted, ...]
    assets: tuple[int, ...]
    whole: bool
    more: bool

    def explained(self, page: Sequence[int]) -> dict[int, WordHit]:
        """Where the assets of a page hold words; those of other rankings may be among them."""
        mine = set(self.assets).intersection(page)
        found: dict[int, WordHit] = {}
        for words in self.each if mine else ():
            for hit in self.looking.explained(words, sorted(mine)):
                found[hit.asset] = _both(found.get(hit.asset), hit)
        return found


def wanted(question: Question) -> Wanted:
    """Take the words out of a question, each once.

    What is to be wholly unlike, at a weight of -1 or below, is also what pictures must not hold in words; a
    lighter minus only ranks.
    """
    loose: list[str] = []
    literal: list[str] = []
    unwanted: list[str] = []
    for term in question.terms:
        if term.weight <= -1 or (term.literal and term.weight < 0):
            unwanted.append(term.words)
        elif term.literal:
            literal.append(term.words)
        elif term.weight > 0:
            loose += term.words.split()
    looked_up = loose[:MOST_LOOSE], literal, unwanted
    return Wanted(*(tuple(filter(None, dict.fromkeys(entries))) for entries in looked_up))


def by_words(looking: Looking, words: Wanted, *, depth: int) -> ByWords:
    """The pictures that hold all words, or some of them where none holds all."""
    found = looking.holding(words, depth)
    if found or len(words.loose) < 2:
        return ByWords(looking, (words,), tuple(found), whole=True, more=len(found) == depth)
    each = tuple(replace(words, loose=(word,)) for word in words.loose[:MOST_APART])
    some = holding_some(looking, each, limit=depth)
    return ByWords(looking, each, tuple(some), whole=not some, more=False)


def holding_some(looking: Looking, each: Sequence[Wanted], *, limit: int) -> list[int]:
    """Pictures that hold some of several words, those with the rarest first.

    A word counts by how rare it is, log of pictures over pictures that hold it; one that `limit` or more
    hold ("the") counts for nothing.
    """
    everything = looking.index.count(folders=looking.folders, where=looking.where)
    totals: dict[int, float] = {}
    for words in each:
        found = looking.holding(words, limit)
        rarity = math.log((everything + 1) / (len(found) or 1))
        for asset in found if len(found) < limit else ():
            totals[asset] = totals.get(asset, 0.0) + rarity
    return sorted(totals, key=lambda asset: (-totals[asset], asset))[:limit]


def _both(before: WordHit | None, hit: WordHit) -> WordHit:
    """One hit for several words: excerpt of the first, every field in which one was found."""
    if before is None:
        return hit
    return replace(before, found_in=tuple(dict.fromkeys((*before.found_in, *hit.found_in))))
