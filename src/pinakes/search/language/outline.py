"""The parts of a typed line, so that a page can show each by itself and take it away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from pinakes.search.language.parsing import AND, OR, parts_of
from pinakes.search.language.parts import Meaning, Part, Plain
from pinakes.search.language.reading import Below, Values
from pinakes.search.question import Picture, Term

_JOINED_BEFORE = re.compile(rf"\s(?:{AND}|{OR})\s*$", re.IGNORECASE)
_JOINED_AFTER = re.compile(rf"^\s*(?:{AND}|{OR})\s", re.IGNORECASE)


class PartKind(StrEnum):
    """What a part of a line is."""

    WORDS = "words"
    PHRASE = "phrase"
    PICTURE = "picture"
    FOLDER = "folder"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Outlined:
    """One part of a line.

    Attributes:
        text: as it was typed, from the character `start` up to `end`.
        weight: of words and pictures, below 0 for what to be unlike; None where none was given.
        without: the line without this part, and without what joined it to its neighbours.
    """

    kind: PartKind
    text: str
    start: int
    end: int
    weight: float | None
    picture: Picture | None
    without: str


def outline(text: str, values: Values | None = None) -> list[Outlined]:
    """The parts of a line, in its order; free words one by one.

    Raises:
        NotUnderstood: the line does not parse; it says where.
        TooLarge, InvalidRequest: it asks for more than a question may.
    """
    return [_outlined(text, part) for part in parts_of(text, values=values)]


def _outlined(line: str, part: Part) -> Outlined:
    start, end = part.piece.start, part.piece.end
    term = part.meaning if isinstance(part.meaning, Term) else None
    return Outlined(
        _kind(part.meaning),
        line[start:end],
        start,
        end,
        None if term is None else term.weight,
        None if term is None else term.picture,
        _without(line[:start], line[end:]),
    )


def _kind(meaning: Meaning) -> PartKind:
    match meaning:
        case Plain():
            return PartKind.WORDS
        case Term(picture=Picture()):
            return PartKind.PICTURE
        case Term(literal=True):
            return PartKind.PHRASE
        case Term():
            return PartKind.WORDS
        case Below():
            return PartKind.FOLDER
        case _:
            return PartKind.CONDITION


def _without(before: str, after: str) -> str:
    """What is left around a part; a word that joined it goes with it, be it before or after."""
    found = _JOINED_BEFORE.search(before)
    if found is not None:
        before = before[: found.start()]
    else:
        after = _JOINED_AFTER.sub(" ", after)
    return " ".join(filter(None, (before.strip(), after.strip())))
