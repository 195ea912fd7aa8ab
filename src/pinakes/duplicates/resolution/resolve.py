"""Applying a plan: checked before it starts, journalled before each step, and never further than it says."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from pinakes.core.errors import ReadOnlyFolder
from pinakes.duplicates.places import shown
from pinakes.duplicates.resolution import journal, lock, recovery, removal, verdicts
from pinakes.duplicates.resolution.bins import Bin
from pinakes.duplicates.resolution.files import Directories, Objection
from pinakes.duplicates.resolution.journal import Event, Item
from pinakes.duplicates.resolution.operation import Operation, Tally, open_operation
from pinakes.duplicates.resolution.plan import Plan, PlannedItem, Verb
from pinakes.duplicates.resolution.recovery import Outcome
from pinakes.duplicates.resolution.removal import Settled

#: Items whose intents are written together, and then their outcomes: two writes to disk for each so many.
CHUNK = 500

#: Most folders that a refusal names.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class ActReport:
    """What became of an act: `failed` holds paths and reasons; `bytes` are those of the files that were done.

    `act` is empty where there was nothing to do. For an undo it is the act that was undone.
    """

    act: str
    verb: str
    done: int
    failed: tuple[tuple[str, str], ...]
    bytes: int


def apply(
    engine: Engine,
    state: Path,
    plan: Plan,
    *,
    actor: str,
    progress: Callable[[int, int], None] | None = None,
    watch: Callable[[Tally], None] | None = None,
    about: Mapping[str, Any] | None = None,
    chunk: int = CHUNK,
    patience: float = lock.PATIENCE,
) -> ActReport:
    """Carry out a plan; one item that cannot be done is reported, and the rest goes on.

    Args:
        engine: the library's database.
        state: the library's directory; what is removed waits in its trash where it is on the same volume.
        plan: as `plan.make` gives it.
        actor: who asked, for the journal.
        progress: called from this thread with the items finished and the items in all.
        watch: called likewise with the outcomes so far.
        about: what else the journal is to say of the act, plain JSON values.
        chunk: items journalled together.
        patience: how long to wait for another process that is at it, seconds.

    Raises:
        ReadOnlyFolder: a folder that would be changed cannot be written; nothing was started.
        StateBusy: another process is resolving or undoing.
        DiskFull: what was done is journalled or will be at the next start; nothing is lost.
        StateUnusable: the journal cannot be written.
    """
    if not plan.items:
        return ActReport("", journal.RESOLVE, 0, (), 0)
    check_writable(plan)
    state = Path(os.path.realpath(state))
    with recovery.told(state), lock.held(state, seconds=patience):
        recovery.settle(engine, state)
        with engine.begin() as connection:
            detail = {"items": len(plan.items), "bytes": plan.bytes_reclaimed, "verbs": plan.counts}
            detail |= about or {}
            operation = open_operation(connection, journal.RESOLVE, actor, detail)
        applying, bin_ = _Applying(engine, state, operation), Bin(state, operation.id)
        with recovery.closed_if_broken_off(engine, state):
            for first in range(0, len(plan.items), chunk):
                applying.go_on(plan.items[first : first + chunk], bin_)
                if progress is not None:
                    progress(min(first + chunk, len(plan.items)), len(plan.items))
                if watch is not None:
                    watch(operation.total)
            with engine.begin() as connection:
                operation.close(connection)
    tally = operation.total
    return ActReport(operation.id, journal.RESOLVE, tally.done, tuple(applying.failed), tally.bytes)


def check_writable(plan: Plan) -> None:
    """Refuse a plan that would change a folder that cannot be written.

    Raises:
        ReadOnlyFolder: naming the folders.
    """
    folders = dict.fromkeys(os.path.dirname(item.asset.path) for item in plan.items if item.verb.removes)  # noqa: PTH120
    closed = [folder for folder in folders if not _can_change(folder)]
    if closed:
        more = f" and {len(closed) - _NAMED} more" if len(closed) > _NAMED else ""
        raise ReadOnlyFolder(
            f"These folders cannot be written: {', '.join(map(shown, closed[:_NAMED]))}{more}.",
            remedy="Make them writable, or leave them out. Nothing was changed.",
        )


@dataclass(slots=True)
class _Applying:
    """The moving parts of one act."""

    engine: Engine
    state: Path
    operation: Operation
    failed: list[tuple[str, str]] = field(default_factory=list)

    def go_on(self, items: Sequence[PlannedItem], bin_: Bin) -> None:
        """Journal the intents of some items, carry them out, and journal the outcomes."""
        begun = [self._begun(item, bin_) for item in items]
        with self.engine.begin() as connection:
            why = ({"why": item.why} for item in items)
            self.operation.write(
                connection,
                [(item, Event.PLANNED, item.detail | said) for item, said in zip(begun, why, strict=True)],
            )
        with Directories() as directories:
            outcomes = [self._carried_out(item, directories, bin_) for item in begun]
            directories.sync()
        with self.engine.begin() as connection:
            written = recovery.finish(connection, self.operation, outcomes)
        self.failed += [
            (item.path or "", settled.said) for item, settled, _ in written if settled.event is Event.FAILED
        ]

    def _begun(self, item: PlannedItem, bin_: Bin) -> Item:
        if item.verb.removes:
            place = bin_.place(item.asset.path, item.asset.folder, item.item)
            detail = removal.detail_of(removal.planned(item, place))
        else:
            detail = {
                "contents": verdicts.contents_of(item),
                "paths": [asset.path for asset in (item.asset, *item.others)],
            }
        begun = Item(
            act=self.operation.id,
            item=item.item,
            verb=item.verb.value,
            path=item.asset.path,
            sha256=item.asset.sha256,
            detail=detail,
        )
        if item.alone:
            return begun
        return replace(
            begun,
            kept_path=item.kept.path,
            kept_sha256=item.kept.sha256,
            group_id=item.group_id,
            tier=item.tier.value,
            score=item.score,
            model=item.method,
        )

    def _carried_out(self, item: Item, directories: Directories, bin_: Bin) -> Outcome:
        if not Verb(item.verb).removes:
            return item, Settled(Event.DONE), None
        try:
            return item, *removal.carry_out(removal.journalled(item), directories, bin_)
        except (Objection, OSError) as error:
            return item, Settled(Event.FAILED, recovery.reason(error, self.state)), None


def _can_change(folder: str) -> bool:
    try:
        read_only = os.statvfs(folder).f_flag & os.ST_RDONLY
    except OSError:
        # It is not there any more: each of its items will say so.
        return True
    return not read_only and os.access(folder, os.W_OK | os.X_OK)
