"""Which collection answers searches, and which did before: rows that change together."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select

from pinakes.core.errors import NotFound
from pinakes.db.tables import choices

#: Names of the choices.
ANSWERING, BEFORE = "collection", "collection-before"


@dataclass(frozen=True, slots=True)
class Choice:
    """Names of the collection that answers and of the one that did before; None where there is none."""

    answering: str | None
    before: str | None


def chosen(engine: Engine) -> Choice:
    """What answers now."""
    with engine.execution_options(readonly=True).connect() as connection:
        return _read(connection)


def use(engine: Engine, name: str) -> Choice:
    """Have a collection answer from now on; the one that did until now is kept as the one before.

    One transaction: every search that begins later is answered by the new one alone.
    """
    with engine.begin() as connection:
        there = _read(connection)
        if there.answering != name:
            _write(connection, {ANSWERING: name, BEFORE: there.answering})
        return _read(connection)


def before(engine: Engine) -> str:
    """Name of the collection that answered before.

    Raises:
        NotFound: none did.
    """
    name = chosen(engine).before
    if name is None:
        raise NotFound("No other model answered before.", remedy="`pinakes index list` shows what there is.")
    return name


def forget(engine: Engine, name: str) -> None:
    """Do not go back to a collection that is no more."""
    with engine.begin() as connection:
        if _read(connection).before == name:
            _write(connection, {BEFORE: None})


def _read(connection: Connection) -> Choice:
    query = select(choices).where(choices.c.name.in_((ANSWERING, BEFORE)))
    found = {row["name"]: str(row["value"]) for row in connection.execute(query).mappings()}
    return Choice(found.get(ANSWERING), found.get(BEFORE))


def _write(connection: Connection, values: dict[str, str | None]) -> None:
    connection.execute(delete(choices).where(choices.c.name.in_(values)))
    rows = [{"name": name, "value": value} for name, value in values.items() if value is not None]
    if rows:
        connection.execute(insert(choices), rows)
