"""`pinakes resolve`: act on duplicates, after showing exactly what would change."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pinakes.cli import output
from pinakes.cli.finding import (
    FindingOptions,
    PresetOption,
    ReferenceOption,
    RulesOption,
    TierOption,
    found,
)
from pinakes.cli.options import (
    ExcludeOption,
    Format,
    FormatOption,
    IncludeOption,
    StateOption,
    actor,
    library,
    settings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pinakes.core.settings import Settings
    from pinakes.duplicates.resolution.plan import Plan
    from pinakes.duplicates.resolution.resolve import ActReport
    from pinakes.duplicates.types import DuplicateGroup


class Action(StrEnum):
    """What is done with the files of a group that are not kept."""

    KEEP = "keep"
    TRASH = "trash"
    HARDLINK = "hardlink"
    SYMLINK = "symlink"
    NOT_A_DUPLICATE = "not-a-duplicate"
    STACK = "stack"


def resolve(
    targets: Annotated[
        list[str],
        typer.Argument(metavar="FOLDER…|GROUP…", help="Folders, or ids of groups from `duplicates`."),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show exactly what would change, and change nothing.")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Do it. `pinakes undo` takes it back.")] = False,
    action: Annotated[
        Action | None,
        typer.Option(
            "--action",
            help="What to do. Default: trash what has the same bytes or pixels, leave the rest for review.",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="FILE", help="Keep this file of its group; may be repeated."),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions",
            metavar="JSON",
            help='Decisions by group: [{"group": ID, "action": …, "keep": PATH or [PATH…]}, …].',
        ),
    ] = None,
    tier: TierOption = "",
    preset: PresetOption = "",
    keep_rules: RulesOption = "",
    reference: ReferenceOption = None,
    exclude: ExcludeOption = None,
    include: IncludeOption = None,
    form: FormatOption = Format.TABLE,
    state: StateOption = None,
) -> None:
    """Resolve duplicates: with folders all that `pinakes duplicates` finds there, or single groups by id.

    Nothing is deleted: files go to a trash that `pinakes undo` brings them back from, names, times and
    all. Files in reference folders, and the last copy of anything, are never touched.
    """
    from pinakes.core.errors import InvalidRequest

    if dry_run == apply:
        raise InvalidRequest("Say either --dry-run, to see what would change, or --apply, to do it.")
    read = settings(state)
    options = FindingOptions(tier, preset, keep_rules, reference, exclude, include)
    groups = _groups(read, targets, options)
    plan = _plan(groups, action, keep or [], decisions, reference or [], keep_rules)
    report = None if dry_run else _applied(read, plan)
    if form is Format.JSON:
        output.write_json(_as_json(plan, report))
    else:
        _write_table(plan, report)


def _groups(read: Settings, targets: list[str], options: FindingOptions) -> Sequence[DuplicateGroup]:
    from pinakes.duplicates import reviews

    if all(Path(target).is_dir() for target in targets):
        return found(read, targets, options).review.groups
    folders = [target for target in targets if "/" in target or Path(target).exists()]
    if folders:
        from pinakes.core.errors import FolderUnreadable

        raise FolderUnreadable(
            f"{folders[0]!r} is no folder that can be read.",
            remedy="Name folders only, or ids of groups only.",
        )
    return reviews.named(library(read), targets)


def _plan(
    groups: Sequence[DuplicateGroup],
    action: Action | None,
    keep: list[str],
    decisions: Path | None,
    references: list[str],
    rules: str,
) -> Plan:
    from pinakes.cli.decisions import chosen, read_decisions
    from pinakes.duplicates import keeper
    from pinakes.duplicates.resolution import plan

    said = read_decisions(decisions) if decisions else {}
    kept = {group: decision.keep for group, decision in said.items() if decision.keep}
    verbs = {group: decision.verb for group, decision in said.items() if decision.verb is not None}
    if decisions and action is None:
        groups = [group for group in groups if group.id in said]
    return plan.make(
        groups,
        verb=_verb(action),
        verbs=verbs,
        keep={**kept, **chosen(groups, keep)},
        references=references,
        rules=keeper.parse_rules(rules) if rules else keeper.DEFAULT_RULES,
    )


def _verb(action: Action | None) -> Any:
    from pinakes.duplicates.resolution.plan import Verb

    if action is None:
        return None
    return Verb.DISTINCT if action is Action.NOT_A_DUPLICATE else Verb(action.value)


def _applied(read: Settings, plan: Plan) -> ActReport:
    from pinakes.duplicates.resolution import resolve as engine

    with output.progress("Resolving") as update:
        return engine.apply(library(read), read.state, plan, actor=actor(), progress=update)


def _as_json(plan: Plan, report: ActReport | None) -> dict[str, Any]:
    items = [
        {
            "group": item.group_id,
            "action": item.verb.value,
            "path": item.asset.path,
            "sha256": item.asset.sha256,
            "bytes": item.asset.bytes,
            "tier": item.tier.value,
            "score": item.score,
            "keep": item.kept.path,
            "why": item.why,
            "others": [other.path for other in item.others],
        }
        for item in plan.items
    ]
    answer: dict[str, Any] = {
        "dry_run": report is None,
        "items": items,
        "left": [{"path": left.path, "group": left.group_id, "reason": left.reason} for left in plan.left],
        "bytes_reclaimed": plan.bytes_reclaimed,
        "counts": plan.counts,
    }
    if report is not None:
        failed = [{"path": path, "reason": reason} for path, reason in report.failed]
        answer |= {"act": report.act or None, "done": report.done, "failed": failed}
    return answer


def _write_table(plan: Plan, report: ActReport | None) -> None:
    for item in plan.items:
        output.write_line(
            f"{item.verb.value:<9} {output.size(item.asset.bytes):>9}  {item.asset.path}"
            f"  ({item.tier.value} {item.score:.3f}, keeping {item.kept.path})"
        )
    for left in plan.left:
        output.write_line(f"left                 {left.path}  ({left.reason})")
    win = output.size(plan.bytes_reclaimed)
    if report is None:
        output.write_line(
            f"Would change {len(plan.items):,} files and leave {len(plan.left):,}; {win} are free once "
            "the trash is emptied. Nothing was changed; --apply does it."
        )
        return
    for path, reason in report.failed:
        output.write_line(f"failed               {path}  ({reason})")
    if report.act:
        output.write_line(
            f"Act {report.act}: {report.done:,} done, {len(report.failed):,} failed, "
            f"{len(plan.left):,} left. Take it back with: pinakes undo {report.act}"
        )
    else:
        output.write_line(f"Nothing to do; {len(plan.left):,} files were left as they are.")
