"""An act under way: its id, its lines as they are written, and what they come to."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from pinakes.core.types import Row
from pinakes.db.tables import journal
from pinakes.duplicates.resolution.journal import (
    EMPTY,
    HEADER,
    ITEM_COLUMNS,
    UNDER_WAY,
    UNDO,
    Event,
    Item,
    JournalLine,
)

#: Outcomes that are what was asked for.
_SUCCESSES = frozenset((Event.DONE, Event.UNDONE, Event.EMPTIED))


@dataclass(slots=True)
class Tally:
    """Outcomes of one act, counted."""

    done: int = 0
    failed: int = 0
    bytes: int = 0

    def count(self, event: str, size: int) -> None:
        """Count an outcome."""
        if event in _SUCCESSES:
            self.done += 1
            self.bytes += size
        elif event not in UNDER_WAY:
            self.failed += 1


@dataclass(slots=True)
class Operation:
    """An act under way: writes its lines and counts them."""

    id: str
    verb: str
    actor: str
    tallies: dict[str, Tally] = field(default_factory=dict)

    def write(self, connection: Connection, items: Iterable[tuple[Item, Event, dict[str, Any]]]) -> None:
        """Append a line for each item: what happened now, and the details that are new."""
        at = time.time()
        rows = []
        for item, event, detail in items:
            size = item.detail.get("bytes", 0)
            self._count(item.act, event, size)
            if event in _SUCCESSES and size:
                detail = {"bytes": size, **detail}
            rows.append(
                {"at": at, "actor": self.actor, **_columns(item), "event": event.value, "detail": detail}
            )
        if rows:
            connection.execute(insert(journal), rows)

    def count_written(self, line: JournalLine) -> None:
        """Count an outcome that was written before this process was started."""
        self._count(line.act, line.event, line.detail.get("bytes", 0))

    def close(self, connection: Connection) -> None:
        """Append what the act amounts to, also to the acts that it changed."""
        changed = {UNDO: Event.UNDONE, EMPTY: Event.EMPTIED}
        if self.verb in changed:
            for act, tally in self.tallies.items():
                _header(connection, self, act, changed[self.verb], {**asdict(tally), "by": self.id})
        _header(connection, self, self.id, Event.DONE, asdict(self.total))

    @property
    def total(self) -> Tally:
        """Outcomes over all acts."""
        tallies = self.tallies.values()
        return Tally(*(sum(getattr(t, name) for t in tallies) for name in ("done", "failed", "bytes")))

    def _count(self, act: str, event: str, size: int) -> None:
        self.tallies.setdefault(act, Tally()).count(event, size)


def open_operation(connection: Connection, verb: str, actor: str, detail: dict[str, Any]) -> Operation:
    """Append the line that opens an act, and give it an id that sorts after all before it."""
    operation = Operation(_new_id(connection), verb, actor)
    _header(connection, operation, operation.id, Event.PLANNED, detail)
    return operation


def interrupted(connection: Connection) -> tuple[Operation, int] | None:
    """The act that was not closed and the line that opened it; None when nothing was interrupted."""
    last = connection.execute(
        select(journal.c.item, journal.c.event).order_by(journal.c.line.desc()).limit(1)
    ).first()
    if last is None or (last.item == HEADER and last.event == Event.DONE):
        return None
    opening = connection.execute(
        select(journal.c.line, journal.c.act, journal.c.verb, journal.c.actor)
        .where(journal.c.item == HEADER, journal.c.event == Event.PLANNED)
        .order_by(journal.c.line.desc())
        .limit(1)
    ).one()
    return Operation(opening.act, opening.verb, opening.actor), opening.line


def _columns(item: Item) -> Row:
    return {name: getattr(item, name) for name in ITEM_COLUMNS}


def _header(
    connection: Connection, operation: Operation, act: str, event: Event, detail: dict[str, Any]
) -> None:
    row = {"at": time.time(), "act": act, "actor": operation.actor, "event": event.value, "item": HEADER}
    connection.execute(insert(journal).values(**row, verb=operation.verb, detail=detail))


def _new_id(connection: Connection) -> str:
    # Sorts by time, so that the newest acts are found through the index; two random digits keep the trash
    # of two libraries on one volume apart.
    moment = datetime.fromtimestamp(time.time(), UTC)
    last = connection.scalar(select(func.max(journal.c.act)))
    stamp = _stamp(moment)
    while last is not None and stamp <= last[: len(stamp)]:
        moment = datetime.strptime(last[: len(stamp)], _STAMP).replace(tzinfo=UTC) + timedelta(milliseconds=1)
        stamp = _stamp(moment)
    return stamp + secrets.token_hex(2)


#: How the moment of an act is written in its id.
_STAMP = "%Y%m%d-%H%M%S-%f"


def _stamp(moment: datetime) -> str:
    return moment.strftime(_STAMP)[:-3]
