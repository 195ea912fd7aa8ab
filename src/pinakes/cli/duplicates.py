"""`pinakes duplicates`: find what is duplicated, and say why."""

from __future__ import annotations

from enum import StrEnum
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
from pinakes.cli.options import ExcludeOption, FoldersArgument, IncludeOption, StateOption, settings

if TYPE_CHECKING:
    from pinakes.cli.finding import Found


class DuplicatesFormat(StrEnum):
    """How the answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


def duplicates(
    folders: FoldersArgument,
    tier: TierOption = "",
    preset: PresetOption = "",
    keep: RulesOption = "",
    reference: ReferenceOption = None,
    exclude: ExcludeOption = None,
    include: IncludeOption = None,
    form: Annotated[
        DuplicatesFormat, typer.Option("--format", help="How the answer is written to standard output.")
    ] = DuplicatesFormat.TABLE,
    state: StateOption = None,
) -> None:
    """Find the duplicates among the pictures of FOLDER…, and say for each why.

    Scans first; nothing is changed. Evidence comes in tiers: the same bytes; the same pixels; a near
    perceptual hash, turned or mirrored too; a copy, cropped or bordered or written over, verified by
    geometry; and, when asked for, similar shots. `pinakes resolve` acts on what this finds.
    """
    options = FindingOptions(tier, preset, keep, reference, exclude, include)
    answer = found(settings(state), folders, options)
    if form is DuplicatesFormat.JSON:
        output.write_json(answer.as_json())
    elif form is DuplicatesFormat.CSV:
        _write_csv(answer.as_json())
    elif form is DuplicatesFormat.HTML:
        _write_html(answer)
    else:
        _write_table(answer.as_json())


def _write_csv(answer: dict[str, Any]) -> None:
    import csv
    import sys

    names = ("group", "group_tier", "keep", "path", "tier", "score", "sha256", "bytes", "width", "height")
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(names)
    for group in answer["groups"]:
        for asset in group["assets"]:
            kept = "yes" if asset["path"] == group["keep"] else "no"
            facts = [asset[name] for name in names[4:]]
            rows.writerow([group["id"], group["tier"], kept, output.printable(asset["path"]), *facts])


def _write_html(answer: Found) -> None:
    import sys

    from pinakes.cli.html_report import render

    for part in render(answer.as_json(), answer.thumbnail):
        sys.stdout.write(part)


def _write_table(answer: dict[str, Any]) -> None:
    for group in answer["groups"]:
        output.write_line(
            f"{group['id']}  {group['tier']}  {len(group['assets'])} files, "
            f"{output.size(group['reclaimable_bytes'])} to win. {group['why']}"
        )
        for asset in group["assets"]:
            kept = asset["path"] == group["keep"]
            evidence = "keep           " if kept else f"{asset['tier']:<8} {asset['score']:.3f} "
            measure = f"{asset['width']}×{asset['height']}"
            output.write_line(
                f"    {evidence} {measure:>11} {output.size(asset['bytes']):>9}  {asset['path']}"
            )
    for stack in answer["stacks"]:
        output.write_line(
            f"{stack['id']}  stack ({stack['kind']}), no duplicates: {', '.join(stack['paths'])}"
        )
    for refused in answer["refused"]:
        output.write_line(f"refused  {refused['path']}  ({refused['reason']}) {refused['detail']}")
    counts = answer["counts"]
    output.write_line(
        f"{counts['pictures']:,} pictures: {counts['groups']:,} groups with {counts['duplicates']:,} files "
        f"to spare, {output.size(counts['reclaimable_bytes'])}."
    )
