"""The work of carrying out a large plan, in journalled portions, so that it goes on after any end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Engine

from pinakes.core.errors import StateBusy
from pinakes.duplicates.resolution import journal, recovery, removal, resolve
from pinakes.duplicates.resolution.journal import Act, Event, Item
from pinakes.duplicates.resolution.operation import Tally
from pinakes.duplicates.resolution.plan import Plan, PlannedItem
from pinakes.jobs.patience import patiently
from pinakes.jobs.turn import Turn, Work
from pinakes.services.opened import Library
from pinakes.services.works import kept_plans, planning

#: Kind of these jobs.
KIND = "resolve"

#: Items between two looks at whether the job shall stop.
PORTION = 100

#: Items that were refused and that an answer lists; the journal has all of them.
MOST_REFUSED = 1000

#: Acts read at a time, and items.
_ACTS, _ITEMS = 20, 500


def asked_of(actor: str, *, review: str | None = None, changes: int | None = None) -> dict[str, Any]:
    """What a job says of its plan, which is kept apart under the job's name."""
    said = {"actor": actor, "review": review, "items": changes}
    return {name: value for name, value in said.items() if value is not None}


def resolve_work(library: Library) -> Work:
    """Make what a job of kind `resolve` does: what its plan says and no act of it has done yet.

    Where only the question is kept, the plan is made first, and kept before anything is changed.
    An act is closed wherever the job stops, so that a job which was paused or killed has several; its result
    names them all, and undoing them undoes the job. What a person took back meanwhile is not done again.
    """

    def work(turn: Turn) -> dict[str, Any]:
        turn.advance("reading the plan", 0)
        kept = patiently(turn, lambda: planning.made(library, turn, turn.job.id))
        plan = kept_plans.whole(library.settings.state, kept)
        try:
            patiently(turn, lambda: _carried_on(library, turn, plan, kept.at))
        finally:
            with suppress(StateBusy):  # then the next run says it
                turn.note(**_Done.of(library.engine, turn.job.id, kept.at).as_json())
        return {}

    return work


def _carried_on(library: Library, turn: Turn, plan: Plan, since: float) -> None:
    recovery.recover(library.engine, library.settings.state)
    done = _Done.of(library.engine, turn.job.id, since)
    again = bool(turn.about.get("again"))
    left = [item for item in plan.items if done.leaves(item, again=again)]
    if not left:
        return
    rest = Plan(tuple(replace(item, item=n) for n, item in enumerate(left, start=1)), (), 0)
    planning.confine(library, rest)
    before, total = len(plan.items) - len(left), len(plan.items)
    refused = 0 if again else len(done.refused)

    def watch(tally: Tally) -> None:
        at = before + tally.done + tally.failed
        turn.advance("changing files", at, total, failed=refused + tally.failed)

    turn.advance("changing files", before, total, failed=refused)
    resolve.apply(
        library.engine,
        library.settings.state,
        rest,
        actor=turn.about["actor"],
        watch=watch,
        about={"job": turn.job.id},
        chunk=PORTION,
    )


@dataclass(slots=True)
class _Done:
    """What the acts of a job came to, as the journal tells."""

    acts: list[str] = field(default_factory=list)
    settled: set[tuple[str | None, str | None]] = field(default_factory=set)
    refused: dict[tuple[str | None, str | None], str] = field(default_factory=dict)
    resolved: int = 0
    bytes: int = 0

    @classmethod
    def of(cls, engine: Engine, job: str, since: float) -> _Done:
        """Read the acts that were begun after a moment, Unix time in seconds.

        Raises:
            StateBusy: another process is about to write how an act of this job ended.
        """
        done = cls()
        for act in reversed(list(_acts(engine, job, since))):
            done.acts.append(act.id)
            done.resolved += act.done
            done.bytes += act.bytes
            for item in _items(engine, act):
                done._take(item)
        return done

    def leaves(self, item: PlannedItem, *, again: bool) -> bool:
        """Whether an item is still to be done; what was refused only if it is tried `again`."""
        key = (item.group_id or None, item.asset.path)
        return key not in self.settled and (again or key not in self.refused)

    def as_json(self) -> dict[str, Any]:
        """As the result of the job."""
        refused = [
            {"path": path, "reason": "refused", "detail": said}
            for (_, path), said in list(self.refused.items())[:MOST_REFUSED]
        ]
        return {"acts": self.acts, "resolved": self.resolved, "freed": self.bytes, "refused": refused}

    def _take(self, item: Item) -> None:
        key = (item.group_id, item.path)
        if item.event in journal.UNDER_WAY:
            raise StateBusy("What a job that broke off was doing is still being looked at.")
        if item.event != Event.FAILED:
            self.settled.add(key)
            self.refused.pop(key, None)
        elif (said := item.detail.get("reason", "")) != removal.INTERRUPTED:
            self.refused[key] = said


def _acts(engine: Engine, job: str, since: float) -> Iterator[Act]:
    before: str | None = None
    while acts := journal.acts(engine, limit=_ACTS, before=before):
        yield from (act for act in acts if act.detail.get("job") == job)
        before = acts[-1].id
        if acts[-1].at < since:
            return


def _items(engine: Engine, act: Act) -> Iterator[Item]:
    with engine.execution_options(readonly=True).connect() as connection:
        for first in range(1, act.planned + 1, _ITEMS):
            yield from journal.items_of(connection, act.id, first, first + _ITEMS - 1)
