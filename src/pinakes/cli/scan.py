"""`pinakes scan`: take folders into the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pinakes.cli import output
from pinakes.cli.options import (
    EngineOption,
    ExcludeOption,
    FoldersArgument,
    Format,
    FormatOption,
    IncludeOption,
    StateOption,
    library,
    on_engine,
    settings,
)

if TYPE_CHECKING:
    from pinakes.core.settings import Settings
    from pinakes.ingest.report import ScanReport


def scan(
    folders: FoldersArgument,
    form: FormatOption = Format.TABLE,
    exclude: ExcludeOption = None,
    include: IncludeOption = None,
    engine: EngineOption = None,
    state: StateOption = None,
) -> None:
    """Take the pictures of FOLDER… into the library, in place: nothing is moved or changed.

    Only new and changed files are read. Stop at any moment with Ctrl-C; the next scan goes on from there.
    A pattern without a slash is matched against names ("*.tif"), one with a slash against paths below
    FOLDER ("2019/*").
    """
    report = scanned(
        on_engine(settings(state), engine), folders, exclude=exclude or [], include=include or []
    )
    if form is Format.JSON:
        output.write_json(report.as_json())
    else:
        _write_table(report)


def scanned(
    read: Settings, folders: list[str], *, exclude: list[str] | None = None, include: list[str] | None = None
) -> ScanReport:
    """Scan with a progress bar; also the first step of the commands that look for duplicates."""
    from pinakes.blobs.local import LocalBlobStore
    from pinakes.ingest.engines.factory import runner_maker
    from pinakes.ingest.pipeline import Progress, Scan
    from pinakes.ingest.source import Walk, resolve_folders

    exclude = [*read.scan.exclude, *(exclude or ())]
    walk = Walk(resolve_folders(folders), tuple(exclude), tuple(include or ()), (str(read.state.resolve()),))
    maker = runner_maker(read.ingest)
    thumbnails = LocalBlobStore(read.state / "thumbnails")
    work = Scan(library(read), thumbnails, read.images, read.scan_workers, maker)
    with output.progress("Scanning") as update:

        def watch(progress: Progress) -> None:
            update(progress.done, progress.total, output.size(progress.bytes))

        return work.run(walk, watch=watch)


def _write_table(report: ScanReport) -> None:
    counts, changes = report.counts, report.changes
    output.write_line(
        f"{counts['stored']:,} pictures stored, {counts['skipped']:,} files skipped, "
        f"{counts['refused']:,} refused, in {report.seconds:.1f} s."
    )
    told = [f"{number:,} {name}" for name, number in changes.items() if number]
    output.write_line("  " + (", ".join(told) or "nothing found") + ".")
    for refused in report.refused:
        output.write_line(f"  refused  {refused.path}  ({refused.reason}) {refused.detail}")
