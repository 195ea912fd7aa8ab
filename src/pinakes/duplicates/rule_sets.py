"""Keeper rules that a person put together and gave a name, kept in the library."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.db.tables import choices

#: Name of the row that has all sets.
_ROW = "keeper-rules"

#: Sets that are kept, and characters of a name.
MOST_SETS, LONGEST_NAME = 50, 80


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules as a person writes them, most important first, and the folders in which nothing is changed."""

    name: str
    rules: tuple[str, ...]
    references: tuple[str, ...] = ()


def every(engine: Engine) -> list[RuleSet]:
    """All sets, in the order of their names."""
    with engine.execution_options(readonly=True).connect() as connection:
        found = _read(connection)
    return [found[name] for name in sorted(found, key=str.casefold)]


def save(engine: Engine, made: RuleSet) -> None:
    """Keep a set in place of the one of its name.

    Raises:
        InvalidRequest: its name is none, or there are too many.
    """
    if not made.name.strip() or len(made.name) > LONGEST_NAME or not made.name.isprintable():
        raise InvalidRequest(f"A set of rules has a name of 1 to {LONGEST_NAME} characters.")
    with engine.begin() as connection:
        found = {**_read(connection), made.name: made}
        if len(found) > MOST_SETS:
            raise InvalidRequest(f"{MOST_SETS} sets of rules are kept already.", remedy="Remove one first.")
        _write(connection, found)


def remove(engine: Engine, name: str) -> None:
    """Forget a set.

    Raises:
        NotFound: there is none of that name.
    """
    with engine.begin() as connection:
        found = _read(connection)
        if found.pop(name, None) is None:
            raise NotFound(f"There is no set of rules {name!a}.")
        _write(connection, found)


def _read(connection: Connection) -> dict[str, RuleSet]:
    value: list[dict[str, Any]] = (
        connection.scalar(select(choices.c.value).where(choices.c.name == _ROW)) or []
    )
    sets = (RuleSet(row["name"], tuple(row["rules"]), tuple(row["references"])) for row in value)
    return {made.name: made for made in sets}


def _write(connection: Connection, found: dict[str, RuleSet]) -> None:
    connection.execute(delete(choices).where(choices.c.name == _ROW))
    connection.execute(insert(choices).values(name=_ROW, value=[asdict(made) for made in found.values()]))
