"""The parts of a question as they are read: words, terms, conditions and folders, and what joins them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pinakes.core.filters import And, Filter, Not
from pinakes.search.language.line import Piece
from pinakes.search.language.reading import Below
from pinakes.search.question import Term


@dataclass(frozen=True, slots=True)
class Plain:
    """Words that stand free; all of them make one term."""

    words: str


#: What one part of a line asks for.
Meaning = Plain | Term | Filter | Below


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a question, and where it was typed."""

    meaning: Meaning
    piece: Piece


def conditions_of(parts: Sequence[Part]) -> tuple[Filter, ...]:
    """Those of the parts that are conditions."""
    return tuple(part.meaning for part in parts if isinstance(part.meaning, Filter))


def is_condition(part: Part) -> bool:
    """Whether a part is a condition, which others can be joined to by “or”."""
    return isinstance(part.meaning, Filter)


def joined(parts: Sequence[Part], *, one: bool = False) -> list[Part]:
    """Free words as one part, conditions as one; with `one`, refuses what is not a single part then."""
    if all(isinstance(part.meaning, Plain) for part in parts):
        words = " ".join(part.meaning.words for part in parts if isinstance(part.meaning, Plain))
        return [Part(Plain(words), span(parts))]
    if len(parts) > 1 and all(map(is_condition, parts)):
        return [Part(And(conditions_of(parts)), span(parts))]
    if one and len(parts) > 1:
        raise span(parts).problem("These are several things; a sign or a weight is about one")
    return list(parts)


def negated(parts: Sequence[Part], sign: Piece) -> Part:
    """What a minus or “not” is about, turned into its opposite; refuses folders, and several things."""
    (part,) = joined(parts, one=True)
    piece = replace(part.piece, start=sign.start)
    match part.meaning:
        case Plain(words):
            return Part(Term(-1.0, words), piece)
        case Term(weight):
            return Part(replace(part.meaning, weight=-weight), piece)
        case Below():
            raise piece.problem("Folders cannot be left out, only named", remedy="Name those to look in.")
        case condition:
            return Part(Not(condition), piece)


def apart(part: Part) -> Part:
    """Free words with a sign are a term of their own."""
    return replace(part, meaning=Term(words=part.meaning.words)) if isinstance(part.meaning, Plain) else part


def weighted(part: Part, weight: float) -> Part:
    """A term with the weight of the parentheses around it; refuses what has none, or one already."""
    if isinstance(part.meaning, Plain):
        return replace(part, meaning=Term(weight, part.meaning.words))
    if isinstance(part.meaning, Term) and part.meaning.weight in (1, -1):
        return replace(part, meaning=replace(part.meaning, weight=part.meaning.weight * weight))
    raise part.piece.problem("This takes no weight, or has one already")


def span(parts: Sequence[Part]) -> Piece:
    """The piece of the line from the first part to the last."""
    first, last = parts[0].piece, parts[-1].piece
    return replace(first, end=last.end, text=first.line[first.start : last.end])
