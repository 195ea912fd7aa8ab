"""What of a question is looked up as words, and the pictures that hold them, all or some."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pinakes.core.filters import Filter
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
class ByWords:
    """What the words gave, best first: `whole` where each holds all of them, `more` where some were cut."""

    hits: tuple[WordHit, ...] = ()
    whole: bool = True
    more: bool = False


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


def by_words(
    index: WordIndex, words: Wanted, *, depth: int, folders: Folders, where: Filter | None
) -> ByWords:
    """The pictures that hold all words, or some of them where none holds all.

    The last word may still be being typed, and so be the beginning of one.
    """
    found = index.query(
        words.loose[-1:],
        limit=depth,
        folders=folders,
        where=where,
        whole=(*words.loose[:-1], *words.literal),
        without=words.unwanted,
    )
    if found or len(words.loose) < 2:
        return ByWords(tuple(found), more=len(found) == depth)
    some = holding_some(index, words, limit=depth, folders=folders, where=where)
    return ByWords(tuple(some), whole=not some)


def holding_some(
    index: WordIndex, words: Wanted, *, limit: int, folders: Folders, where: Filter | None
) -> list[WordHit]:
    """Pictures that hold some of the loose words and all literal ones, those with the rarest first.

    A word counts by how rare it is, log of pictures over pictures that hold it; one that `limit` or more
    hold ("the") counts for nothing. Only the first `MOST_APART` words are looked up.
    """
    everything = index.count(folders=folders, where=where)
    merged: dict[int, WordHit] = {}
    for word in words.loose[:MOST_APART]:
        last = word == words.loose[-1]
        found = index.query(
            (word,) if last else (),
            limit=limit,
            folders=folders,
            where=where,
            whole=words.literal if last else (word, *words.literal),
            without=words.unwanted,
        )
        rarity = math.log((everything + 1) / (len(found) or 1))
        for hit in found if len(found) < limit else ():
            merged[hit.asset] = _added(merged.get(hit.asset), hit, rarity)
    return sorted(merged.values(), key=lambda hit: (-hit.score, hit.asset))[:limit]


def ids(hits: Sequence[WordHit]) -> tuple[int, ...]:
    """The assets of hits, in their order."""
    return tuple(hit.asset for hit in hits)


def _added(before: WordHit | None, hit: WordHit, rarity: float) -> WordHit:
    """One hit for several words: excerpt of the first, every field in which one was found."""
    if before is None:
        return replace(hit, score=rarity)
    fields = tuple(dict.fromkeys((*before.found_in, *hit.found_in)))
    return replace(before, score=before.score + rarity, found_in=fields)
