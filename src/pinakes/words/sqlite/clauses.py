"""Filters as SQL of SQLite, and the columns that payloads are kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pinakes.core.filters import And, Filter, Known, Match, Not, Or, Range
from pinakes.core.payload import Field, Folders, Kind, PayloadValue, Schema

#: Type of a field's column; several words are a JSON list.
COLUMN_TYPES: Mapping[Kind, str] = {
    Kind.KEYWORD: "text",
    Kind.KEYWORDS: "text",
    Kind.INTEGER: "integer",
    Kind.NUMBER: "real",
}

#: Comparison of each bound of a range.
COMPARISONS: Mapping[str, str] = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}

#: The values of a question, however many: they travel as one JSON list.
_LISTED = "(select value from json_each(?))"


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition that is never null, and the values of its placeholders, in order."""

    sql: str
    values: tuple[Any, ...] = ()


def clause(schema: Schema, folders: Folders, where: Filter | None) -> Clause:
    """The folders and the filter as one condition on the table `documents`."""
    allowed = [] if folders is None else [_any_of(schema.tenant, sorted(folders))]
    asked = [] if where is None else [_condition(schema, where)]
    return _joined(" and ", allowed + asked) if allowed or asked else Clause("true")


def column(field: Field) -> str:
    """The field's column, quoted; no name of ours holds a quotation mark."""
    return f'documents."{field.name}"'


def to_column(value: PayloadValue | None) -> str | int | float | None:
    """A payload's value as its column takes it."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else value


def from_columns(schema: Schema, values: Sequence[Any]) -> dict[str, PayloadValue]:
    """A payload as it was stored, from its columns in the order of the schema; null is absent."""
    return {
        field.name: tuple(json.loads(value)) if field.kind is Kind.KEYWORDS else value
        for field, value in zip(schema.by_name.values(), values, strict=True)
        if value is not None
    }


def _condition(schema: Schema, where: Filter) -> Clause:
    match where:
        case And(conditions):
            return _joined(" and ", [_condition(schema, inner) for inner in conditions])
        case Or(conditions):
            return _joined(" or ", [_condition(schema, inner) for inner in conditions])
        case Not(inner):
            negated = _condition(schema, inner)
            return Clause(f"(not {negated.sql})", negated.values)
        case Known(name):
            return Clause(f"({column(schema.field(name))} is not null)")
        case Match(name, any_of):
            return _any_of(schema.field(name), any_of)
        case Range(name):
            return _between(schema.field(name), where.bounds)


def _joined(word: str, clauses: Sequence[Clause]) -> Clause:
    joined = word.join(each.sql for each in clauses)
    return Clause(f"({joined})", tuple(value for each in clauses for value in each.values))


def _any_of(field: Field, values: Sequence[str | int]) -> Clause:
    listed, held = json.dumps(list(values), ensure_ascii=False), column(field)
    if field.kind is Kind.KEYWORDS:
        within = f"exists (select 1 from json_each({held}) as held where held.value in {_LISTED})"  # noqa: S608
        return Clause(f"({held} is not null and {within})", (listed,))
    return Clause(f"({held} is not null and {held} in {_LISTED})", (listed,))


def _between(field: Field, bounds: Mapping[str, float]) -> Clause:
    held = column(field)
    compared = [f"{held} {COMPARISONS[name]} ?" for name in bounds]
    return Clause(f"({' and '.join([f'{held} is not null', *compared])})", tuple(bounds.values()))
