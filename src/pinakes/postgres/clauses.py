"""Filters as SQL, and the columns that payloads are kept in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL, Composable, Identifier

from pinakes.core.filters import And, Filter, Known, Match, Not, Or, Range
from pinakes.core.payload import Field, Folders, Kind, PayloadValue, Schema

#: Type of a field's column.
COLUMN_TYPES: Mapping[Kind, SQL] = {
    Kind.KEYWORD: SQL("text"),
    Kind.KEYWORDS: SQL("text[]"),
    Kind.INTEGER: SQL("bigint"),
    Kind.NUMBER: SQL("double precision"),
}

#: Comparison of each bound of a range.
COMPARISONS: Mapping[str, SQL] = {"gte": SQL(">="), "gt": SQL(">"), "lte": SQL("<="), "lt": SQL("<")}

#: How “one of these” is asked of each kind. On an absent field it is false, not null, so that “not” is true.
ANY_OF: Mapping[Kind, SQL] = {
    Kind.KEYWORD: SQL("({0} IS NOT NULL AND {0} = ANY(%s::text[]))"),
    Kind.KEYWORDS: SQL("({0} IS NOT NULL AND {0} && %s::text[])"),
    Kind.INTEGER: SQL("({0} IS NOT NULL AND {0} = ANY(%s::bigint[]))"),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition and the values of its placeholders, in order."""

    sql: Composable
    values: tuple[Any, ...] = ()


def clause(schema: Schema, folders: Folders, where: Filter | None) -> Clause:
    """The folders and the filter as one SQL condition that is never null."""
    allowed = [] if folders is None else [_any_of(schema.tenant, sorted(folders))]
    asked = [] if where is None else [_condition(schema, where)]
    return _joined(SQL(" AND "), allowed + asked) if allowed or asked else Clause(SQL("TRUE"))


def from_columns(schema: Schema, values: Sequence[Any]) -> dict[str, PayloadValue]:
    """A payload as it was stored, from its columns in the order of the schema; null is absent."""
    return schema.checked(dict(zip(schema.by_name, values, strict=True)))


def column(field: Field) -> Composable:
    """The field's column, quoted."""
    return Identifier(field.name)


def _condition(schema: Schema, where: Filter) -> Clause:
    match where:
        case And(conditions):
            return _joined(SQL(" AND "), [_condition(schema, inner) for inner in conditions])
        case Or(conditions):
            return _joined(SQL(" OR "), [_condition(schema, inner) for inner in conditions])
        case Not(inner):
            negated = _condition(schema, inner)
            return Clause(SQL("(NOT {})").format(negated.sql), negated.values)
        case Known(name):
            return Clause(SQL("({} IS NOT NULL)").format(column(schema.field(name))))
        case Match(name, any_of):
            return _any_of(schema.field(name), any_of)
        case Range(name):
            return _between(schema.field(name), where.bounds)


def _joined(word: SQL, clauses: Sequence[Clause]) -> Clause:
    joined = SQL("({})").format(word.join([each.sql for each in clauses]))
    return Clause(joined, tuple(value for each in clauses for value in each.values))


def _any_of(field: Field, values: Sequence[Any]) -> Clause:
    return Clause(ANY_OF[field.kind].format(column(field)), (list(values),))


def _between(field: Field, bounds: Mapping[str, float]) -> Clause:
    compared = [SQL("{} {} %s::double precision").format(column(field), COMPARISONS[name]) for name in bounds]
    known = SQL("{} IS NOT NULL").format(column(field))
    return Clause(SQL("({})").format(SQL(" AND ").join([known, *compared])), tuple(bounds.values()))
