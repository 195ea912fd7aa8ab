"""A question within bounds: what it asks, of which folders, under which conditions, and how deep."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Engine

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.core.filters import And, Filter, check_filter
from pinakes.core.payload import PICTURES, Folders
from pinakes.search.asking.wording import Wanted, wanted
from pinakes.search.library.places import folders_below
from pinakes.search.question import Question, Term

#: Most hits of one page, and how deep pages reach; both indexes answer that many at most.
MOST_LIMIT, DEEPEST = 1000, 10_000

#: Hits of each ranking that are joined. Fixed, so that the order does not change from page to page; an asset
#: beyond it in one ranking would get less there than a ninth of what the first gets.
DEPTH = 500

#: Most terms of a question, longest words of one, and furthest a weight may be from 0.
MOST_TERMS, LONGEST_WORDS, HEAVIEST = 32, 2000, 100.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked question.

    Attributes:
        allowed: folders that it may see.
        folders: those of them in which hits may lie.
        where: all conditions on hits.
    """

    question: Question
    words: Wanted
    allowed: Folders
    folders: Folders
    where: Filter | None
    limit: int
    offset: int

    @property
    def end(self) -> int:
        """The place after the last hit of the page."""
        return self.offset + self.limit

    @property
    def depth(self) -> int:
        """Hits of each ranking that are looked at."""
        return max(DEPTH, self.end)

    @property
    def names_something(self) -> bool:
        """Whether there is anything to be more or less like."""
        return any(term.words or term.picture for term in self.question.terms)

    def under(self, *conditions: Filter) -> Asked:
        """The same under further conditions."""
        every = conditions if self.where is None else (self.where, *conditions)
        return replace(self, where=And(every) if len(every) > 1 else every[0] if every else None)


def checked(engine: Engine, question: Question, *, limit: int, offset: int, folders: Folders) -> Asked:
    """Hold a question against the bounds, and find the directories it names.

    Raises:
        InvalidRequest, TooLarge: it is over one, or its filter is none.
    """
    if not 0 < limit <= MOST_LIMIT or offset < 0 or offset + limit > DEEPEST:
        raise InvalidRequest(
            f"A page has from 1 to {MOST_LIMIT:,} hits, and pages reach {DEEPEST:,} deep.",
            remedy="Narrow the search down.",
        )
    if len(question.terms) > MOST_TERMS:
        raise TooLarge(f"A search has at most {MOST_TERMS} terms.", remedy="Leave some out.")
    for term in question.terms:
        _check(term)
    check_filter(question.where, PICTURES)
    within = folders_below(engine, question.below, folders)
    return Asked(question, wanted(question), folders, within, question.where, limit, offset)


def _check(term: Term) -> None:
    if len(term.words) > LONGEST_WORDS:
        raise TooLarge(f"The words of one term have at most {LONGEST_WORDS:,} characters.")
    if not 0 < abs(term.weight) <= HEAVIEST:
        raise InvalidRequest(f"A weight lies between -{HEAVIEST:g} and {HEAVIEST:g}, and is not 0.")
