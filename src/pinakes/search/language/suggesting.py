"""What may stand where the cursor is: names of fields, and values of the field that is being typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pinakes.search.language.fields import BY_NAME, FIELDS, Field
from pinakes.search.language.reading import Values
from pinakes.search.language.scanning import MOST_CHARACTERS, QUOTES
from pinakes.search.language.writing import value_text

#: Most suggestions at once.
MOST = 20

_NAMED = re.compile(r"([^\W\d_][\w-]*):")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Text to put in place of the characters from `start` up to `end`, and what it would ask for."""

    text: str
    start: int
    end: int
    about: str


@dataclass(frozen=True, slots=True)
class _Typed:
    """What is being typed: where the token begins, where its last value does, and where it ends."""

    start: int
    value: int
    end: int


def suggestions(text: str, cursor: int, values: Values | None = None) -> list[Suggestion]:
    """What the word under the cursor may become, likeliest first, at most `MOST`.

    A line that does not parse, since it is being typed, is no error.
    """
    cursor = max(0, min(cursor, len(text), MOST_CHARACTERS))
    typed = _typed(text, cursor)
    named = _NAMED.match(text, typed.start, cursor)
    if named is None:
        return _names(text[typed.start : cursor], typed)[:MOST]
    field = BY_NAME.get(named[1].lower())
    if field is None:
        return []
    begun = text[typed.value : cursor].lstrip("".join(QUOTES))
    found = dict.fromkeys(_values(field, begun, values))
    return [Suggestion(value, typed.value, typed.end, field.about) for value in found][:MOST]


def _names(begun: str, typed: _Typed) -> list[Suggestion]:
    return [
        Suggestion(f"{field.name}:", typed.start, typed.end, field.about)
        for field in FIELDS
        if any(name.startswith(begun.lower()) for name in (field.name, *field.aliases))
    ]


def _values(field: Field, begun: str, values: Values | None) -> Iterator[str]:
    if field.known and values is not None:
        yield from map(value_text, values(field.name, begun))
    yield from (choice for choice in field.reading.choices if choice.startswith(begun.lower()))


def _typed(text: str, cursor: int) -> _Typed:
    start = value = place = 0
    closing = ""
    while place < cursor:
        char = text[place]
        place += 2 if char == "\\" else 1
        if closing:
            closing = "" if char in closing else closing
        elif char in QUOTES:
            closing = QUOTES[char]
        elif char.isspace() or char in "()" or (char in "+-" and place == start + 1):
            start = value = place
        elif char == "," or (char == ":" and value == start):
            value = place
    end = re.compile(r"[^\s()]*" if not closing else f"[^{closing}]*[{closing}]?").match(text, cursor)
    start, value = min(start, cursor), min(value, cursor)
    return _Typed(start, value, end.end() if end else cursor)
