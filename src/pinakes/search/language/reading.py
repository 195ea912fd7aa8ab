"""The seam of readings: what the values of a field mean, and what a reading may ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pinakes.core.filters import Filter, Match, Or
from pinakes.search.language.line import Piece
from pinakes.search.question import Term

#: The known values of a field, by its name, that have a word beginning as was typed; likeliest first.
Values = Callable[[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a reading may ask: the clock on the wall, and the values that the library knows."""

    now: datetime
    values: Values | None = None


@dataclass(frozen=True, slots=True)
class Below:
    """Pictures below any of these directories."""

    paths: tuple[str, ...]


#: What a condition can turn out to be: a filter, a picture to look like, directories.
Meaning = Filter | Term | Below


class Reading(Protocol):
    """How the values of a field are read; `payload` is what it is a condition on, where it is one field."""

    @property
    def payload(self) -> str:
        """The field of the payload, or empty."""
        ...

    @property
    def choices(self) -> tuple[str, ...]:
        """Values to suggest whatever the library holds."""
        ...

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Meaning:
        """The meaning of the values, which commas part; raises `NotUnderstood`."""
        ...


def any_of(filters: Sequence[Filter]) -> Filter:
    """One condition that holds where any of these does."""
    matches = [each for each in filters if isinstance(each, Match)]
    if len(matches) == len(filters) > 1:
        return Match(
            matches[0].field, tuple(dict.fromkeys(value for each in matches for value in each.any_of))
        )
    return filters[0] if len(filters) == 1 else Or(tuple(filters))
