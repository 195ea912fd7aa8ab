"""Conditions on payloads: small frozen values that each driver compiles into its own query."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain

from pinakes.core.errors import InvalidRequest
from pinakes.core.payload import Kind, Schema, single

#: Most conditions in one filter, most values in one `Match`, deepest nesting.
MOST_CONDITIONS, MOST_VALUES, DEEPEST = 256, 10_000, 16


@dataclass(frozen=True, slots=True)
class Match:
    """The field holds one of these words or whole numbers; false where the point lacks the field."""

    field: str
    any_of: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The field's number lies within the bounds that are given; false where the point lacks the field."""

    field: str
    gte: float | None = None
    gt: float | None = None
    lte: float | None = None
    lt: float | None = None

    @property
    def bounds(self) -> dict[str, float]:
        """The bounds that are given, by name."""
        given = {"gte": self.gte, "gt": self.gt, "lte": self.lte, "lt": self.lt}
        return {name: bound for name, bound in given.items() if bound is not None}


@dataclass(frozen=True, slots=True)
class Known:
    """The point has the field."""

    field: str


@dataclass(frozen=True, slots=True)
class And:
    """Every condition holds."""

    conditions: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one condition holds."""

    conditions: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold; true of a point that lacks the condition's field."""

    condition: Filter


Filter = Match | Range | Known | And | Or | Not


def check_filter(where: Filter | None, schema: Schema) -> None:
    """Refuse a filter that some driver could not answer, before any is asked.

    Raises:
        InvalidRequest: a field is unknown or of the wrong kind for its condition, a list is empty, or
            the filter is larger than the bounds above.
    """
    layer, conditions, depth = [where] if where is not None else [], 0, 0
    while layer:
        conditions, depth = conditions + len(layer), depth + 1
        if conditions > MOST_CONDITIONS or depth > DEEPEST:
            raise InvalidRequest(
                f"A filter has at most {MOST_CONDITIONS} conditions, nested at most {DEEPEST} deep."
            )
        layer = list(chain.from_iterable(_within(condition, schema) for condition in layer))


def _within(condition: Filter, schema: Schema) -> tuple[Filter, ...]:
    match condition:
        case And(conditions) | Or(conditions):
            if not conditions:
                raise InvalidRequest("“And” and “Or” take at least one condition.")
            return conditions
        case Not(inner):
            return (inner,)
        case Match():
            _check_match(condition, schema)
        case Range():
            _check_range(condition, schema)
        case Known(field):
            schema.field(field)
        case _:
            raise InvalidRequest(
                f"A filter is made of Match, Range, Known, And, Or and Not, not {condition!r}."
            )
    return ()


def _check_match(condition: Match, schema: Schema) -> None:
    field = schema.field(condition.field)
    if field.kind is Kind.NUMBER:
        raise InvalidRequest(f"The field {field.name!r} holds measured numbers; ask for a range of them.")
    if not 0 < len(condition.any_of) <= MOST_VALUES:
        raise InvalidRequest(f"A match takes from 1 to {MOST_VALUES:,} values.")
    for value in condition.any_of:
        single(field, value)


def _check_range(condition: Range, schema: Schema) -> None:
    field = schema.field(condition.field)
    if field.kind not in (Kind.INTEGER, Kind.NUMBER):
        raise InvalidRequest(f"The field {field.name!r} holds words, which have no range.")
    if field == schema.tenant:
        raise InvalidRequest(f"The field {field.name!r} is a number in name only; match it.")
    bounds = condition.bounds.values()
    if not bounds or not all(math.isfinite(bound) for bound in bounds):
        raise InvalidRequest(f"A range of {field.name!r} needs at least one bound, and finite ones.")
