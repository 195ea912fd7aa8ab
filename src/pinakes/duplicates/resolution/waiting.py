"""What lies in the trash and can be put back, newest act first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from pinakes.db.tables import journal as lines
from pinakes.duplicates.resolution import journal
from pinakes.duplicates.resolution.journal import HEADER, STANDING, Act, Item
from pinakes.duplicates.resolution.plan import Verb
from pinakes.duplicates.resolution.resolve import CHUNK

#: Verbs that move a file to the trash, as the journal writes them.
_REMOVING = [verb.value for verb in Verb if verb.removes]

#: Acts that are read at a time.
_ACTS = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item whose file lies in the trash, and the act that put it there."""

    act: Act
    item: Item


@dataclass(frozen=True, slots=True)
class Total:
    """How many files lie in the trash, and their bytes."""

    files: int
    bytes: int


def page(engine: Engine, *, limit: int, after: tuple[str, int] | None = None) -> list[Waiting]:
    """The next items in the trash: acts newest first, the items of each in their order.

    Args:
        engine: the library.
        limit: items at most.
        after: act and number of the last item already seen.
    """
    found: list[Waiting] = []
    with engine.execution_options(readonly=True).connect() as connection:
        for act, first in _acts(engine, after):
            for item in _items(connection, act, first):
                found.append(Waiting(act, item))
                if len(found) == limit:
                    return found
    return found


def total(engine: Engine) -> Total:
    """Count all that lies in the trash; one look at every line of an item."""
    later = lines.alias()
    last = select(func.max(later.c.line)).where(later.c.act == lines.c.act, later.c.item == lines.c.item)
    query = select(func.count(), func.sum(lines.c.detail["bytes"].as_integer())).where(
        lines.c.item > HEADER,
        lines.c.event.in_([event.value for event in STANDING]),
        lines.c.verb.in_(_REMOVING),
        lines.c.line == last.scalar_subquery(),
    )
    with engine.execution_options(readonly=True).connect() as connection:
        files, size = connection.execute(query).one()
    return Total(files, size or 0)


def _acts(engine: Engine, after: tuple[str, int] | None) -> Iterator[tuple[Act, int]]:
    """Acts of which something stands, each with the number of the first item to look at."""
    before: str | None = None
    if after is not None:
        yield journal.act_of(engine, after[0]), after[1] + 1
        before = after[0]
    while acts := journal.acts(engine, limit=_ACTS, before=before):
        yield from ((act, 1) for act in acts if act.standing)
        before = acts[-1].id


def _items(connection: Connection, act: Act, first: int) -> Iterator[Item]:
    for start in range(first, act.planned + 1, CHUNK):
        items = journal.items_of(connection, act.id, start, start + CHUNK - 1)
        yield from (item for item in items if item.event in STANDING and item.verb in _REMOVING)
