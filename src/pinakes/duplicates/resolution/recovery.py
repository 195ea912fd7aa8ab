"""Finishing the journal after a kill: what was under way is looked at, finished or called off, and closed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from pinakes.core.errors import DiskFull, PinakesError, StateBusy
from pinakes.db.session import translated
from pinakes.duplicates.resolution import journal, lock, records, removal, verdicts
from pinakes.duplicates.resolution.files import Directories, Objection, is_full, said
from pinakes.duplicates.resolution.journal import Event, Item
from pinakes.duplicates.resolution.operation import Operation, interrupted
from pinakes.duplicates.resolution.plan import Verb
from pinakes.duplicates.resolution.removal import Removal, Settled

#: An item, what became of it, and the status of the file that is now at its path where that is known.
Outcome = tuple[Item, Settled, os.stat_result | None]


def recover(engine: Engine, state: Path) -> int:
    """Write the outcomes that a killed resolve, undo or emptying did not come to write.

    To be called at every start; costs one look at the journal's last line where nothing is open. Where
    another process is at work right now, there is nothing to recover. Returns the number of items settled.

    Raises:
        DiskFull: there is no room to write them.
        StateUnusable: the journal cannot be read or written.
    """
    with told(state):
        with engine.execution_options(readonly=True).connect() as connection:
            if interrupted(connection) is None:
                return 0
        try:
            with lock.held(state, seconds=0):
                return settle(engine, state)
        except StateBusy:
            return 0


def settle(engine: Engine, state: Path) -> int:
    """As `recover`, by the one who holds the lock."""
    state = Path(os.path.realpath(state))
    with engine.begin() as connection:
        found = interrupted(connection)
        if found is None:
            return 0
        operation, opening = found
        under_way = _replay(connection, operation, opening)
        with Directories() as directories:
            outcomes: list[Outcome] = [(item, *_settle(item, directories, state)) for item in under_way]
            directories.sync()
        finish(connection, operation, outcomes)
        operation.close(connection)
    return len(outcomes)


def finish(
    connection: Connection,
    operation: Operation,
    outcomes: Sequence[Outcome],
) -> list[Outcome]:
    """Write outcomes, verdicts, and what the table of assets says after them, in the caller's transaction.

    Returns the outcomes as they were written: a verdict may turn out not to be possible.
    """
    outcomes = [
        (item, _with_verdict(connection, item, settled), status) for item, settled, status in outcomes
    ]
    operation.write(
        connection,
        [
            (item, settled.event, {"reason": settled.said} if settled.said else {})
            for item, settled, _ in outcomes
        ],
    )
    gone: list[tuple[Removal, os.stat_result | None]] = []
    back: list[tuple[Removal, os.stat_result]] = []
    for item, settled, status in outcomes:
        if not Verb(item.verb).removes or not settled.looked:
            continue
        if settled.event is Event.DONE:
            gone.append((removal.journalled(item), status))
        elif settled.event is Event.UNDONE and status is not None:
            back.append((removal.journalled(item), status))
    records.mark_gone(connection, gone)
    records.mark_back(connection, back)
    return outcomes


def take_back(item: Item, directories: Directories, state: Path) -> tuple[Settled, os.stat_result | None]:
    """Put one item's file back; the outcome, and the file's status where it is back.

    Raises:
        DiskFull: there is no room for its directory entry.
    """
    try:
        return Settled(Event.UNDONE), removal.take_back(removal.journalled(item), directories, state)
    except (Objection, OSError) as error:
        return Settled(Event.NOT_UNDONE, reason(error, state)), None


def destroy(item: Item, directories: Directories, state: Path) -> Settled:
    """Delete one item's file from the trash for good."""
    try:
        removal.destroy(removal.journalled(item), directories, state)
    except (Objection, OSError) as error:
        return Settled(Event.NOT_EMPTIED, reason(error, state))
    return Settled(Event.EMPTIED)


def reason(error: Objection | OSError, state: Path) -> str:
    """Why an item was not done.

    Raises:
        DiskFull: it is that there is no room; then no other item has a chance either.
    """
    if isinstance(error, Objection):
        return str(error)
    if is_full(error):
        raise full(state) from error
    return f"the system refused: {said(error)}"


def full(state: Path) -> DiskFull:
    """The error for a disk without room."""
    return DiskFull(
        f"A disk is full: that of {state}, or that of the pictures.",
        remedy="What was done is journalled and nothing is lost. Free some space and run the command again.",
    )


@contextmanager
def told(state: Path) -> Iterator[None]:
    """Turn a database's error into the sentence a person can act on.

    Raises:
        DiskFull: there is no room for the journal.
        StateUnusable: the journal cannot be read or written.
    """
    try:
        yield
    except DBAPIError as error:
        raise translated(error, state) from error


@contextmanager
def closed_if_broken_off(engine: Engine, state: Path) -> Iterator[None]:
    """Settle and close an act that an error, Ctrl-C or a full disk breaks off; the error goes on.

    Where not even that can be written, the next start does it.
    """
    try:
        yield
    except BaseException:
        with suppress(DBAPIError, OSError, PinakesError):
            settle(engine, state)
        raise


def _with_verdict(connection: Connection, item: Item, settled: Settled) -> Settled:
    """Write or take back what a verdict says, where the item is one."""
    if Verb(item.verb).removes:
        return settled
    try:
        if settled.event is Event.DONE:
            verdicts.remember(connection, item)
        elif settled.event is Event.UNDONE:
            verdicts.forget(connection, item)
    except Objection as objection:
        return Settled(Event.FAILED, str(objection))
    return settled


def _replay(connection: Connection, operation: Operation, opening: int) -> list[Item]:
    """Count what was written, and return the items that were under way, in their order."""
    under_way: dict[tuple[str, int], None] = {}
    for line in journal.lines_after(connection, opening):
        if line.event in journal.UNDER_WAY:
            under_way[line.act, line.item] = None
        else:
            del under_way[line.act, line.item]
            operation.count_written(line)
    return [item for act, number in under_way for item in journal.items_of(connection, act, number, number)]


def _settle(item: Item, directories: Directories, state: Path) -> tuple[Settled, os.stat_result | None]:
    if not Verb(item.verb).removes:
        # A verdict is written together with its outcome: without one, there is none.
        called_off = Settled(Event.FAILED, removal.INTERRUPTED)
        return (Settled(Event.UNDONE) if item.event == Event.UNDOING else called_off), None
    if item.event == Event.UNDOING:
        return take_back(item, directories, state)
    if item.event == Event.EMPTYING:
        return destroy(item, directories, state), None
    settled = removal.settle(removal.journalled(item), directories, state)
    status = None
    if settled.event is Event.DONE and item.verb == Verb.HARDLINK and item.path is not None:
        with suppress(OSError):
            status = os.lstat(item.path)
    return settled, status
