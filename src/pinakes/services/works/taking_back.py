"""The works of undoing large acts and of emptying the trash; each can be begun again after any end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pinakes.duplicates.resolution import journal, trash, undo
from pinakes.duplicates.resolution.resolve import ActReport
from pinakes.jobs.patience import patiently
from pinakes.jobs.turn import Turn, Work
from pinakes.services.opened import Library

#: Kinds of these jobs.
UNDO, EMPTY = "undo", "empty"

#: Items that could not be done and that a job lists; the journal has all of them.
MOST_REFUSED = 1000

#: Items between two looks at whether the job shall stop.
PORTION = 100


def asked_of_undo(acts: Sequence[str], actor: str) -> dict[str, Any]:
    """What a job keeps of what is to be undone."""
    return {"acts": list(acts), "actor": actor}


def asked_of_emptying(before: float, acts: Sequence[str] | None, actor: str) -> dict[str, Any]:
    """What a job keeps of what is to be deleted: a moment, so that what comes later into the trash stays."""
    return {"before": before, "acts": None if acts is None else list(acts), "actor": actor}


def undo_work(library: Library) -> Work:
    """Make what a job of kind `undo` does: take back what still stands of its acts."""

    def work(turn: Turn) -> dict[str, Any]:
        about = turn.about

        def progress(done: int, total: int) -> None:
            turn.advance("bringing files back", done, total)

        def once() -> Sequence[ActReport]:
            standing = [act for act in undo.named(library.engine, about["acts"]) if act.standing > 0]
            if not standing:
                return ()
            return undo.undo(
                library.engine,
                library.settings.state,
                [act.id for act in standing],
                actor=about["actor"],
                progress=progress,
                chunk=PORTION,
            )

        turn.advance("bringing files back", 0)
        reports = patiently(turn, once)
        acts = (journal.act_of(library.engine, act) for act in about["acts"])
        return {"undone": sum(act.undone for act in acts), "refused": _refused(reports)}

    return work


def emptying_work(library: Library) -> Work:
    """Make what a job of kind `empty` does: delete for good what its acts left in the trash."""

    def work(turn: Turn) -> dict[str, Any]:
        about = turn.about

        def progress(done: int) -> None:
            turn.advance("deleting for good", done)

        def once() -> ActReport:
            return trash.empty(
                library.engine,
                library.settings.state,
                actor=about["actor"],
                before=about["before"],
                only=about["acts"],
                progress=progress,
                chunk=PORTION,
            )

        turn.advance("deleting for good", 0)
        report = patiently(turn, once)
        return {"deleted": report.done, "freed": report.bytes, "refused": _refused([report])}

    return work


def _refused(reports: Sequence[ActReport]) -> list[dict[str, str]]:
    failed = [pair for report in reports for pair in report.failed]
    return [{"path": path, "reason": "refused", "detail": said} for path, said in failed[:MOST_REFUSED]]
