"""Filters as Qdrant says them; its server and its embedded engine speak of the same conditions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from pinakes.core.filters import And, Filter, Known, Match, Not, Or, Range
from pinakes.core.payload import Folders, Payload, PayloadValue, Schema


class Dialect(Protocol):
    """How one of Qdrant's libraries makes conditions."""

    def group(
        self, *, must: Sequence[Any] = (), should: Sequence[Any] = (), must_not: Sequence[Any] = ()
    ) -> Any:
        """A filter, which is also a condition of another."""
        ...

    def any_of(self, field: str, values: list[Any]) -> Any:
        """The field holds one of the values."""
        ...

    def between(self, field: str, bounds: dict[str, float]) -> Any:
        """The field's number lies within gte, gt, lte and lt, those that are given."""
        ...

    def empty(self, field: str) -> Any:
        """The field is absent."""
        ...

    def ids(self, ids: Iterable[UUID]) -> Any:
        """The point is one of these."""
        ...


def compiled(dialect: Dialect, schema: Schema, folders: Folders, where: Filter | None) -> Any:
    """The folders and the filter as one Qdrant filter, or None where every point may be seen."""
    tenant = schema.tenant.name
    allowed = [] if folders is None else [dialect.any_of(tenant, [str(folder) for folder in sorted(folders)])]
    asked = [] if where is None else [_condition(dialect, tenant, where)]
    return dialect.group(must=allowed + asked) if allowed or asked else None


def to_qdrant(schema: Schema, payload: Payload | dict[str, PayloadValue | None]) -> dict[str, Any]:
    """A payload as Qdrant keeps it: the tenant as a word, since only words can mark tenants."""
    tenant = schema.tenant.name
    return {
        name: str(value) if name == tenant else list(value) if isinstance(value, tuple) else value
        for name, value in payload.items()
    }


def from_qdrant(schema: Schema, payload: dict[str, Any] | None) -> dict[str, PayloadValue]:
    """A payload as it was given to `to_qdrant`."""
    stored = {name: value for name, value in (payload or {}).items() if name in schema.by_name}
    stored[schema.tenant.name] = int(stored[schema.tenant.name])
    return schema.checked(stored)


def _condition(dialect: Dialect, tenant: str, where: Filter) -> Any:
    match where:
        case And(conditions):
            return dialect.group(must=[_condition(dialect, tenant, inner) for inner in conditions])
        case Or(conditions):
            return dialect.group(should=[_condition(dialect, tenant, inner) for inner in conditions])
        case Not(inner):
            return dialect.group(must_not=[_condition(dialect, tenant, inner)])
        case Known(field):
            return dialect.group(must_not=[dialect.empty(field)])
        case Match(field, any_of):
            values = [str(value) for value in any_of] if field == tenant else list(any_of)
            return dialect.any_of(field, values)
        case Range(field):
            return dialect.between(field, where.bounds)
