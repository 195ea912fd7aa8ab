"""The append-only journal: intents before anything happens, outcomes after, and what they amount to.

An act is one call of resolve, undo or empty. It opens and closes with a line of item 0; between the two
only that act writes, so the last line of the journal tells whether something was interrupted. The lines of
an undo stand under the act that they undo, so that an item's last line is its state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Select, and_, func, or_, select

from pinakes.core.errors import NotFound
from pinakes.db.tables import journal


class Event(StrEnum):
    """What a line says happened to its item."""

    PLANNED = "planned"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"
    NOT_UNDONE = "not-undone"
    EMPTYING = "emptying"
    EMPTIED = "emptied"
    NOT_EMPTIED = "not-emptied"


#: An intent whose outcome is not written yet.
UNDER_WAY = frozenset((Event.PLANNED, Event.UNDOING, Event.EMPTYING))

#: Done, and can be undone.
STANDING = frozenset((Event.DONE, Event.NOT_UNDONE, Event.NOT_EMPTIED))

#: Item number of the lines that open, close and sum up an act.
HEADER = 0

#: What an act is a call of, as the verb of its header lines.
RESOLVE, UNDO, EMPTY = "resolve", "undo", "empty"


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line: `at` is Unix time in seconds, `model` what made the evidence, `detail` plain JSON values."""

    line: int
    at: float
    act: str
    actor: str
    event: str
    item: int
    verb: str
    path: str | None
    sha256: str | None
    kept_path: str | None
    kept_sha256: str | None
    group_id: str | None
    tier: str | None
    score: float | None
    model: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """What an act amounts to; `bytes` are those of its done removals, `closed` is false while it runs."""

    id: str
    verb: str
    at: float
    actor: str
    planned: int
    done: int
    failed: int
    undone: int
    emptied: int
    bytes: int
    closed: bool
    detail: dict[str, Any]

    @property
    def standing(self) -> int:
        """How many items can still be undone."""
        return self.done - self.undone - self.emptied if self.verb == RESOLVE else 0


@dataclass(frozen=True, slots=True)
class Item:
    """An item of an act in its present state, `event`; `detail` is what its lines say together."""

    act: str
    item: int
    verb: str
    event: str = Event.PLANNED
    path: str | None = None
    sha256: str | None = None
    kept_path: str | None = None
    kept_sha256: str | None = None
    group_id: str | None = None
    tier: str | None = None
    score: float | None = None
    model: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def lines_after(connection: Connection, line: int) -> Iterator[JournalLine]:
    """Stream the lines of items after a line, oldest first."""
    query = select(journal).where(journal.c.line > line, journal.c.item > HEADER).order_by(journal.c.line)
    yield from _streamed(connection, query)


def items_of(connection: Connection, act: str, first: int, last: int) -> list[Item]:
    """The items numbered `first` to `last` of an act, in their present state."""
    query = (
        select(journal)
        .where(journal.c.act == act, journal.c.item.between(first, last))
        .order_by(journal.c.item, journal.c.line)
    )
    found: dict[int, Item] = {}
    for line in _streamed(connection, query):
        found[line.item] = advanced(found.get(line.item), line)
    return list(found.values())


def advanced(item: Item | None, line: JournalLine) -> Item:
    """The item after one more of its lines."""
    if item is None:
        columns = {name: getattr(line, name) for name in ITEM_COLUMNS}
        return Item(event=line.event, detail=line.detail, **columns)
    return replace(item, event=line.event, detail=item.detail | line.detail)


def lines(
    engine: Engine, *, act: str | None = None, limit: int = 1000, before: int | None = None
) -> list[JournalLine]:
    """Lines of the journal, newest first; of one act, or all; `before` is the last line already seen."""
    query = select(journal).order_by(journal.c.line.desc()).limit(limit)
    if before is not None:
        query = query.where(journal.c.line < before)
    with engine.execution_options(readonly=True).connect() as connection:
        if act is not None:
            query = query.where(_written_by(connection, act))
        return list(_streamed(connection, query))


def acts(engine: Engine, *, limit: int = 100, before: str | None = None) -> list[Act]:
    """Acts, newest first; `before` is the id of the last one already seen."""
    found: list[Act] = []
    with engine.execution_options(readonly=True).connect() as connection:
        while len(found) < limit:
            newest = select(func.max(journal.c.act))
            before = connection.scalar(newest if before is None else newest.where(journal.c.act < before))
            if before is None:
                break
            found.append(_act(connection, before))
    return found


def act_of(engine: Engine, act: str) -> Act:
    """One act.

    Raises:
        NotFound: the journal knows no act of that id.
    """
    with engine.execution_options(readonly=True).connect() as connection:
        return _act(connection, act)


#: Columns that all lines of an item have in common.
ITEM_COLUMNS = (
    "act",
    "item",
    "verb",
    "path",
    "sha256",
    "kept_path",
    "kept_sha256",
    "group_id",
    "tier",
    "score",
    "model",
)


def _act(connection: Connection, act: str) -> Act:
    query = select(journal).where(journal.c.act == act, journal.c.item == HEADER).order_by(journal.c.line)
    headers = list(_streamed(connection, query))
    if not headers:
        raise NotFound(f"The journal knows no act {act!r}.", remedy="List them with: pinakes journal.")
    opening = headers[0]
    closing = next((line.detail for line in headers if line.event == Event.DONE), None)
    sums = {
        event: sum(line.detail.get("done", 0) for line in headers if line.event == event)
        for event in (Event.UNDONE, Event.EMPTIED)
    }
    counted = closing or {}
    return Act(
        id=act,
        verb=opening.verb,
        at=opening.at,
        actor=opening.actor,
        planned=opening.detail.get("items", 0),
        done=counted.get("done", 0),
        failed=counted.get("failed", 0),
        undone=sums[Event.UNDONE],
        emptied=sums[Event.EMPTIED],
        bytes=counted.get("bytes", 0),
        closed=closing is not None,
        detail=opening.detail,
    )


def _written_by(connection: Connection, act: str) -> Any:
    """Condition on lines: under the act, or written by it between its opening and its closing."""
    ends = connection.execute(
        select(func.min(journal.c.line), func.max(journal.c.line)).where(
            journal.c.act == act, journal.c.item == HEADER
        )
    ).one()
    opening = _act(connection, act)
    if opening.verb == RESOLVE:
        return journal.c.act == act
    last = ends[1] if opening.closed else 2**62
    return or_(journal.c.act == act, and_(journal.c.line > ends[0], journal.c.line < last))


def _streamed(connection: Connection, query: Select[Any]) -> Iterator[JournalLine]:
    result = connection.execute(query.execution_options(yield_per=1000))
    for rows in result.partitions():
        yield from (JournalLine(*row) for row in rows)
