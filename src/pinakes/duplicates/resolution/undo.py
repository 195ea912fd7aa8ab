"""Taking acts back: files to their places, verdicts out of the tables, each item with its own outcome."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.duplicates.resolution import bins, journal, lock, recovery
from pinakes.duplicates.resolution.files import Directories
from pinakes.duplicates.resolution.journal import Act, Event, Item
from pinakes.duplicates.resolution.operation import Operation, Tally, open_operation
from pinakes.duplicates.resolution.plan import Verb
from pinakes.duplicates.resolution.recovery import Outcome
from pinakes.duplicates.resolution.removal import Settled
from pinakes.duplicates.resolution.resolve import CHUNK, ActReport

#: Why what was emptied from the trash does not come back.
EMPTIED = "it was deleted for good when the trash was emptied"


def undo(
    engine: Engine,
    state: Path,
    act_ids: Sequence[str] | None = None,
    *,
    actor: str,
    only: Mapping[str, Collection[int]] | None = None,
    progress: Callable[[int, int], None] | None = None,
    chunk: int = CHUNK,
    patience: float = lock.PATIENCE,
) -> tuple[ActReport, ...]:
    """Take acts back, newest first; an item that cannot be is reported, and can be tried again.

    Args:
        engine: the library's database.
        state: the library's directory.
        act_ids: which; None is the last act of which something can still be undone.
        actor: who asked, for the journal.
        only: by act, the numbers of the items to take back; None takes back all that stand.
        progress: called from this thread with the items finished and the items in all.
        chunk: items journalled together.
        patience: how long to wait for another process that is at it, seconds.

    Returns:
        One report per act, newest first; `failed` also names what was emptied from the trash.

    Raises:
        NotFound: there is no such act, or nothing that can be undone.
        InvalidRequest: an act is itself an undo or an emptying.
        StateBusy: another process is resolving or undoing.
        DiskFull: what was undone is journalled or will be at the next start; nothing is lost.
        StateUnusable: the journal cannot be read or written.
    """
    state = Path(os.path.realpath(state))
    with recovery.told(state), lock.held(state, seconds=patience):
        recovery.settle(engine, state)
        acts = named(engine, act_ids) if act_ids is not None else [last(engine)]
        with engine.begin() as connection:
            total = sum(len(only[act.id]) if only else act.standing for act in acts)
            detail = {"items": total, "acts": [act.id for act in acts]}
            operation = open_operation(connection, journal.UNDO, actor, detail)
        undoing = _Undoing(engine, state, operation, chunk, progress, total, only)
        with recovery.closed_if_broken_off(engine, state):
            reports = tuple(undoing.take_back(act) for act in acts)
            with engine.begin() as connection:
                operation.close(connection)
        bins.tidy(state, undoing.places)
    return reports


@dataclass(slots=True)
class _Undoing:
    """The moving parts of one undo."""

    engine: Engine
    state: Path
    operation: Operation
    chunk: int
    progress: Callable[[int, int], None] | None
    total: int
    only: Mapping[str, Collection[int]] | None = None
    finished: int = 0
    places: set[tuple[str, str]] = field(default_factory=set)

    def take_back(self, act: Act) -> ActReport:
        """Take back what still stands of one act."""
        failed: list[tuple[str, str]] = []
        for first in range(1, act.planned + 1, self.chunk):
            with self.engine.execution_options(readonly=True).connect() as connection:
                items = journal.items_of(connection, act.id, first, first + self.chunk - 1)
            items = [item for item in items if self.only is None or item.item in self.only[act.id]]
            failed += [(item.path or "", EMPTIED) for item in items if item.event == Event.EMPTIED]
            standing = [item for item in items if item.event in journal.STANDING]
            if standing:
                failed += self._take_back(standing)
                self.finished += len(standing)
                if self.progress is not None:
                    self.progress(self.finished, self.total)
        tally = self.operation.tallies.get(act.id, Tally())
        return ActReport(act.id, journal.UNDO, tally.done, tuple(failed), tally.bytes)

    def _take_back(self, items: Sequence[Item]) -> list[tuple[str, str]]:
        with self.engine.begin() as connection:
            self.operation.write(connection, [(item, Event.UNDOING, {}) for item in items])
        with Directories() as directories:
            outcomes = [self._taken_back(item, directories) for item in items]
            directories.sync()
        with self.engine.begin() as connection:
            written = recovery.finish(connection, self.operation, outcomes)
        return [(item.path or "", settled.said) for item, settled, _ in written if settled.said]

    def _taken_back(self, item: Item, directories: Directories) -> Outcome:
        if not Verb(item.verb).removes:
            return item, Settled(Event.UNDONE), None
        folder, place = item.detail["folder"], item.detail["trash"]
        self.places.add((f"{os.path.dirname(place)}/-", folder))  # noqa: PTH120
        return item, *recovery.take_back(item, directories, self.state)


def named(engine: Engine, act_ids: Sequence[str]) -> list[Act]:
    """The acts of these ids, newest first, all of which can be undone.

    Raises:
        NotFound: there is no such act.
        InvalidRequest: an act is itself an undo or an emptying.
    """
    acts = [journal.act_of(engine, act) for act in sorted(set(act_ids), reverse=True)]
    for act in acts:
        if act.verb != journal.RESOLVE:
            raise InvalidRequest(
                f"The act {act.id} is itself an {act.verb}; it cannot be undone.",
                remedy="Name an act that resolved something; list them with: pinakes journal.",
            )
    return acts


def last(engine: Engine) -> Act:
    """The last act of which something can still be undone.

    Raises:
        NotFound: there is none.
    """
    before: str | None = None
    while acts := journal.acts(engine, limit=20, before=before):
        for act in acts:
            if act.standing > 0:
                return act
        before = acts[-1].id
    raise NotFound("There is nothing to undo.")
