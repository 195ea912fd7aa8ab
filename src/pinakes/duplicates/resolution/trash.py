"""Emptying the trash: what was removed long enough ago is deleted for good, and the journal says so."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, exists, select

from pinakes.db.tables import assets
from pinakes.duplicates.places import shown
from pinakes.duplicates.resolution import bins, journal, lock, recovery
from pinakes.duplicates.resolution.files import Directories
from pinakes.duplicates.resolution.journal import Act, Event, Item
from pinakes.duplicates.resolution.operation import Operation, open_operation
from pinakes.duplicates.resolution.plan import Verb
from pinakes.duplicates.resolution.recovery import Outcome
from pinakes.duplicates.resolution.resolve import CHUNK, ActReport

#: Why a file stays in the trash.
LAST_COPY = "what was kept for it, {}, is gone; undo the act to have this one back"


def empty(
    engine: Engine,
    state: Path,
    *,
    actor: str,
    before: float | None = None,
    only: Collection[str] | None = None,
    progress: Callable[[int], None] | None = None,
    chunk: int = CHUNK,
    patience: float = lock.PATIENCE,
) -> ActReport:
    """Delete for good what acts begun up to a moment, or `only` these, removed and nobody took back.

    `before` is that moment, Unix time in seconds, and now unless given: what goes to the trash while this
    waits for its turn stays there.

    What was kept for a file must still be there, at its path or anywhere in the library; else the file
    stays in the trash, since it may be the last copy. `progress` is called with the items finished; another
    process that is at it is waited for, `patience` seconds.

    Raises:
        StateBusy: another process is resolving or undoing.
        DiskFull: the journal cannot grow; what was deleted is journalled at the next start.
        StateUnusable: the journal cannot be read or written.
    """
    state, until = Path(os.path.realpath(state)), time.time() if before is None else before
    with recovery.told(state), lock.held(state, seconds=patience):
        recovery.settle(engine, state)
        acts = list(emptied_acts(engine, until, only))
        if not acts:
            return ActReport("", journal.EMPTY, 0, (), 0)
        with engine.begin() as connection:
            detail = {"items": sum(act.standing for act in acts), "acts": [act.id for act in acts]}
            operation = open_operation(connection, journal.EMPTY, actor, detail)
        failed: list[tuple[str, str]] = []
        finished = 0
        with recovery.closed_if_broken_off(engine, state):
            for items in _waiting(engine, acts, chunk):
                failed += _destroy(engine, state, operation, items)
                finished += len(items)
                if progress is not None:
                    progress(finished)
            with engine.begin() as connection:
                operation.close(connection)
    tally = operation.total
    return ActReport(operation.id, journal.EMPTY, tally.done, tuple(failed), tally.bytes)


def emptied_acts(engine: Engine, until: float, only: Collection[str] | None = None) -> Iterator[Act]:
    """The acts that `empty` would go through, begun up to a moment, newest first."""
    return (act for act in waiting_acts(engine, only) if act.at <= until)


def waiting_acts(engine: Engine, only: Collection[str] | None = None) -> Iterator[Act]:
    """Acts of which something stands, newest first: all, or `only` those of some ids."""
    before: str | None = None
    while acts := journal.acts(engine, before=before):
        yield from (act for act in acts if act.standing > 0 and (only is None or act.id in only))
        before = acts[-1].id


def _waiting(engine: Engine, acts: Sequence[Act], chunk: int) -> Iterator[list[Item]]:
    for act in acts:
        for first in range(1, act.planned + 1, chunk):
            with engine.execution_options(readonly=True).connect() as connection:
                items = journal.items_of(connection, act.id, first, first + chunk - 1)
            standing = [i for i in items if i.event in journal.STANDING and Verb(i.verb).removes]
            if standing:
                yield standing


def _destroy(
    engine: Engine, state: Path, operation: Operation, items: Sequence[Item]
) -> list[tuple[str, str]]:
    with engine.begin() as connection:
        gone = {item.item for item in items if not is_kept(connection, item)}
        begun = [item for item in items if item.item not in gone]
        operation.write(connection, [(item, Event.EMPTYING, {}) for item in begun])
    with Directories() as directories:
        outcomes: list[Outcome] = [(item, recovery.destroy(item, directories, state), None) for item in begun]
    with engine.begin() as connection:
        recovery.finish(connection, operation, outcomes)
    bins.tidy(state, {(item.detail["trash"], item.detail["folder"]) for item in begun})
    return [
        *(
            (item.path or "", LAST_COPY.format(shown(item.kept_path or "")))
            for item in items
            if item.item in gone
        ),
        *((item.path or "", settled.said) for item, settled, _ in outcomes if settled.said),
    ]


def is_kept(connection: Connection, item: Item) -> bool:
    """Whether what was kept for an item is there still, or nothing was to be kept for it."""
    if item.kept_path is None or os.path.lexists(item.kept_path):
        return True
    known = exists().where(assets.c.sha256.in_((item.sha256, item.kept_sha256)), ~assets.c.missing)
    return bool(connection.scalar(select(known)))
