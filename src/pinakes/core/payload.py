"""What is known of a picture beside its vector: its fields, declared once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from pinakes.core.errors import InvalidRequest

#: A value of a payload's field; several words where the field holds many.
PayloadValue = str | int | float | tuple[str, ...]

#: What is known of a point besides its vector; the names and kinds are those of the schema.
Payload = Mapping[str, PayloadValue]

#: Folders a question may see: None is every folder, for callers that act for no person.
Folders = frozenset[int] | None

#: Longest word, in characters; the index pages of PostgreSQL hold little more.
LONGEST_WORD = 512

#: Most words in one field of one point.
MOST_WORDS = 1000

#: Whole numbers that every driver, JSON included, keeps exactly.
LARGEST_INTEGER = 2**53


class Kind(StrEnum):
    """What a field holds."""

    KEYWORD = "keyword"
    KEYWORDS = "keywords"
    INTEGER = "integer"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the payload: a word, several words, a whole number, or a float."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Schema:
    """The tenant field, which every point has and permissions are about, and the fields it may have."""

    tenant: Field
    fields: tuple[Field, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Every field, the tenant first."""
        return {field.name: field for field in (self.tenant, *self.fields)}

    def field(self, name: str) -> Field:
        """The field of that name.

        Raises:
            InvalidRequest: there is none; the message names those there are.
        """
        try:
            return self.by_name[name]
        except KeyError:
            raise InvalidRequest(
                f"A point has no field {name!r}; it has {', '.join(self.by_name)}."
            ) from None

    def checked(self, payload: Mapping[str, Any]) -> dict[str, PayloadValue]:
        """A whole payload in the form that drivers keep; None and empty lists are left out.

        Raises:
            InvalidRequest: the tenant is missing, a field is unknown, or a value is not of its kind.
        """
        if payload.get(self.tenant.name) is None:
            raise InvalidRequest(f"A point needs its {self.tenant.name!r}, which permissions are about.")
        return {name: value for name, value in self.changes(payload).items() if value is not None}

    def changes(self, payload: Mapping[str, Any]) -> dict[str, PayloadValue | None]:
        """Changes to a payload in the form that drivers keep; None takes a field away.

        Raises:
            InvalidRequest: as `checked`, but the tenant may be absent; it may not be taken away.
        """
        made = {name: _value(self.field(name), value) for name, value in payload.items()}
        if self.tenant.name in made and made[self.tenant.name] is None:
            raise InvalidRequest(f"The field {self.tenant.name!r} can be changed, but not taken away.")
        return made


def _value(field: Field, value: Any) -> PayloadValue | None:
    if value is None or (field.kind is Kind.KEYWORDS and not value):
        return None
    return _words(field, value) if field.kind is Kind.KEYWORDS else single(field, value)


def single(field: Field, value: Any) -> str | int | float:
    """One value of a field, checked.

    Raises:
        InvalidRequest: it is not of the field's kind, or beyond what every driver keeps.
    """
    if field.kind in (Kind.KEYWORD, Kind.KEYWORDS):
        return _word(field, value)
    return _integer(field, value) if field.kind is Kind.INTEGER else _number(field, value)


def _words(field: Field, values: Any) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, list | tuple | set | frozenset):
        raise InvalidRequest(f"The field {field.name!r} takes a list of words.")
    words = tuple(dict.fromkeys(_word(field, value) for value in values))
    if len(words) > MOST_WORDS:
        raise InvalidRequest(f"The field {field.name!r} takes at most {MOST_WORDS:,} words.")
    return words


def _word(field: Field, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_WORD:
        raise InvalidRequest(f"The field {field.name!r} takes words of at most {LONGEST_WORD} characters.")
    if "\0" in value or not (value.isascii() or all(not "\ud800" <= ch <= "\udfff" for ch in value)):
        raise InvalidRequest(f"A word of the field {field.name!r} holds characters that are no text.")
    return value


def _integer(field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_INTEGER:
        raise InvalidRequest(f"The field {field.name!r} takes whole numbers up to 2^53 in size.")
    return value


def _number(field: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidRequest(f"The field {field.name!r} takes finite numbers.")
    return float(value)


#: What is known of a picture's point. `folder` is the unit of permission: in a library of files the directory
#: that holds the picture. `taken_at` is in seconds since 1970 as if the camera's clock were UTC; places are
#: in degrees; words are in lower case; `place` has town, region and country; `shape` is portrait, landscape
#: or square, held upright.
PICTURES = Schema(
    tenant=Field("folder", Kind.INTEGER),
    fields=(
        Field("asset", Kind.INTEGER),
        Field("sha256", Kind.KEYWORD),
        Field("owner", Kind.INTEGER),
        Field("type", Kind.KEYWORD),
        Field("bytes", Kind.INTEGER),
        Field("width", Kind.INTEGER),
        Field("height", Kind.INTEGER),
        Field("pixels", Kind.INTEGER),
        Field("taken_at", Kind.NUMBER),
        Field("latitude", Kind.NUMBER),
        Field("longitude", Kind.NUMBER),
        Field("place", Kind.KEYWORDS),
        Field("camera", Kind.KEYWORD),
        Field("lens", Kind.KEYWORD),
        Field("rating", Kind.INTEGER),
        Field("tags", Kind.KEYWORDS),
        Field("shape", Kind.KEYWORD),
    ),
)
