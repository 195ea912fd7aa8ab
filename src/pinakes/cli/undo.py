"""`pinakes undo`, `pinakes journal` and `pinakes trash`: what was done, taking it back, and letting it go."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pinakes.cli import output
from pinakes.cli.options import Format, FormatOption, StateOption, actor, library, settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pinakes.duplicates.resolution.journal import Act, JournalLine
    from pinakes.duplicates.resolution.resolve import ActReport

#: A day in seconds.
_DAY = 86_400


def undo(
    acts: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID…", help="Acts from `pinakes journal`; the last one if none."),
    ] = None,
    form: FormatOption = Format.TABLE,
    state: StateOption = None,
) -> None:
    """Take back what `pinakes resolve` did: files to their places, and what was remembered forgotten.

    Works after a restart, on any act in any order, and can be tried again where a file stood in the way.
    """
    from pinakes.duplicates.resolution.undo import undo as take_back

    read = settings(state)
    with output.progress("Undoing") as update:
        reports = take_back(library(read), read.state, acts or None, actor=actor(), progress=update)
    if form is Format.JSON:
        output.write_json({"acts": [_report(report) for report in reports]})
        return
    for report in reports:
        for path, reason in report.failed:
            output.write_line(f"failed  {path}  ({reason})")
        output.write_line(f"Act {report.act}: {report.done:,} taken back, {len(report.failed):,} failed.")


def journal(
    act: Annotated[str, typer.Option("--act", metavar="ID", help="All lines of one act.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show at most so many.")] = 50,
    form: FormatOption = Format.TABLE,
    state: StateOption = None,
) -> None:
    """Show what was done, newest first: the acts, or every line of one, with its evidence and who asked."""
    from pinakes.duplicates.resolution import journal as book

    engine = library(settings(state))
    lines = book.lines(engine, act=act, limit=limit) if act else []
    acts = [book.act_of(engine, act)] if act else book.acts(engine, limit=limit)
    if form is Format.JSON:
        output.write_json({"acts": [_act(a) for a in acts], "lines": [asdict(line) for line in lines]})
    else:
        _write_journal(acts, lines)


def trash(
    empty: Annotated[bool, typer.Option("--empty", help="Delete for good what is in the trash.")] = False,
    older_than: Annotated[
        float,
        typer.Option("--older-than", metavar="DAYS", min=0, help="With --empty: only acts at least so old."),
    ] = 30,
    form: FormatOption = Format.TABLE,
    state: StateOption = None,
) -> None:
    """Show what waits in the trash, or empty it; emptying cannot be undone.

    A file whose kept copy is not there any more stays in the trash, since it may be the last one.
    """
    read = settings(state)
    engine = library(read)
    if empty:
        from pinakes.duplicates.resolution import trash as bin_

        report = bin_.empty(engine, read.state, actor=actor(), before=time.time() - older_than * _DAY)
        if form is Format.JSON:
            output.write_json(_report(report))
            return
        for path, reason in report.failed:
            output.write_line(f"kept  {path}  ({reason})")
        output.write_line(f"{report.done:,} files deleted for good, {output.size(report.bytes)} freed.")
        return
    from pinakes.duplicates.resolution import journal as book

    waiting = [act for act in book.acts(engine) if act.standing]
    if form is Format.JSON:
        output.write_json({"acts": [_act(act) for act in waiting]})
    else:
        _write_journal(waiting, [])


def _write_journal(acts: Iterable[Act], lines: Iterable[JournalLine]) -> None:
    for act in acts:
        undone = f", {act.undone:,} taken back" if act.undone else ""
        emptied = f", {act.emptied:,} deleted for good" if act.emptied else ""
        output.write_line(
            f"{act.id}  {_moment(act.at)}  {act.verb:<8} by {act.actor}: {act.done:,} done, "
            f"{act.failed:,} failed{undone}{emptied}; {output.size(act.bytes)}"
        )
    for line in lines:
        if line.path is not None:
            kept = f"  keeping {line.kept_path}" if line.kept_path and line.kept_path != line.path else ""
            evidence = f"  ({line.tier} {line.score:.3f} by {line.model})" if line.tier else ""
            what = f"{line.event:<9} {line.verb:<9} {line.path}"
            output.write_line(f"    {line.line}  {_moment(line.at)}  {what}{kept}{evidence}")


def _report(report: ActReport) -> dict[str, Any]:
    failed = [{"path": path, "reason": reason} for path, reason in report.failed]
    return {"act": report.act, "done": report.done, "failed": failed, "bytes": report.bytes}


def _act(act: Act) -> dict[str, Any]:
    return {**asdict(act), "at": _moment(act.at), "standing": act.standing}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
