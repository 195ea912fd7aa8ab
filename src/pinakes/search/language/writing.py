"""A question as the line of text that asks it, since the address of a page of results holds the search."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pinakes.core.errors import InvalidRequest
from pinakes.core.filters import And, Filter, Known, Match, Not, Or, Range
from pinakes.search.language.fields import FIELDS
from pinakes.search.language.moments import said
from pinakes.search.language.named import Has, Words
from pinakes.search.language.parsing import AND, NOT, OR
from pinakes.search.question import Picture, Question, Term

#: Names of the fields that conditions on the payload are written with.
_NAMES: Mapping[str, str] = {field.reading.payload: field.name for field in FIELDS if field.reading.payload}

#: Fields whose words stand for longer ones unless `=` says otherwise.
_PARTIAL = {field.name for field in FIELDS if isinstance(field.reading, Words) and field.reading.partial}

_HAS: Mapping[str, str] = {
    payload: word
    for field in FIELDS
    if isinstance(field.reading, Has)
    for word, payload in field.reading.known.items()
}

#: Comparison of each bound.
_SIGNS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}

#: What a word must not hold, begin with or be, lest it is read as something else.
_SPECIAL, _LEADING = re.compile(r'[\\()"“„:^]'), re.compile(r"^[-+]")

#: What a value may hold without quotation marks.
_SAFE = re.compile(r"[\w./-]+")


def written(question: Question) -> str:
    """The line that `parsed` reads as this question, or as one that asks the same.

    Raises:
        InvalidRequest: it holds a picture that is not of the library, or what no line can say.
    """
    terms = [_term(term, first=place == 0) for place, term in enumerate(question.terms)]
    below = [f"folder:{value_text(path)}" for path in question.below]
    where = question.where
    conditions = where.conditions if isinstance(where, And) else () if where is None else (where,)
    return " ".join([*terms, *below, *map(_condition, conditions)])


def _term(term: Term, *, first: bool) -> str:
    sign, size = ("-" if term.weight < 0 else ""), abs(term.weight)
    weight = "" if size == 1 else f"^{_number(size)}"
    if term.picture is not None:
        return f"{sign}like:{_picture(term.picture)}{weight}"
    if term.literal:
        return f"{sign}{_quoted(term.words)}{weight}"
    words = " ".join(map(_word, term.words.split()))
    if first and not sign and not weight:
        return words
    grouped = f"({words})" if " " in words else words
    return f"{sign or ('' if weight else '+')}{grouped}{weight}"


def _picture(picture: Picture) -> str:
    if picture.sha256 is None and picture.asset is None:
        raise InvalidRequest("A picture that is not of the library cannot be written in a line of text.")
    named = picture.sha256 if picture.sha256 is not None else f"asset:{picture.asset}"
    region = picture.region
    if region is None:
        return named
    shares = (region.left, region.top, region.width, region.height)
    return f"{named}@{','.join(map(_number, shares))}"


def _condition(where: Filter) -> str:
    match where:
        case And(conditions):
            return f"({' '.join(map(_condition, conditions))})"
        case Or(conditions):
            return f"({f' {OR} '.join(map(_condition, conditions))})"
        case Not(inner):
            return f"-{_condition(inner)}"
        case Known(field):
            return f"has:{_HAS[field]}" if field in _HAS else _unsaid(field)
        case Match(field, any_of):
            name = _named(field)
            exact = "=" if name in _PARTIAL else ""
            return f"{name}:{','.join(exact + value_text(str(value)) for value in any_of)}"
        case Range(field):
            return _range(_named(field), where)


def _range(name: str, where: Range) -> str:
    dated = name == _NAMES["taken_at"]
    given = {bound: ("@" if dated else "") + _number(value) for bound, value in where.bounds.items()}
    if given.keys() == {"gte", "lte"}:
        return f"{name}:{given['gte']}..{given['lte']}"
    if dated and where.gte is not None and where.lt is not None and given.keys() == {"gte", "lt"}:
        whole = said(where.gte, where.lt)
        if whole is not None:
            return f"{name}:{whole}"
    compared = [f"{name}:{_SIGNS[bound]}{value}" for bound, value in given.items()]
    return compared[0] if len(compared) == 1 else f"({' '.join(compared)})"


def _named(field: str) -> str:
    return _NAMES[field] if field in _NAMES else _unsaid(field)


def _unsaid(field: str) -> str:
    raise InvalidRequest(f"A condition on {field!r} cannot be written in a line of text.")


def _number(value: float) -> str:
    """The number without loss, and without a fraction where it has none."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))


def _word(word: str) -> str:
    escaped = _SPECIAL.sub(lambda found: "\\" + found[0], word)
    if _LEADING.match(word) or word.lower() in (OR, AND, NOT):
        return "\\" + escaped
    return escaped


def value_text(text: str) -> str:
    """A value of a condition, in quotation marks where it needs them."""
    return text if _SAFE.fullmatch(text) and ".." not in text else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
