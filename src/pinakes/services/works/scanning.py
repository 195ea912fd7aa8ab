"""The work of a scan, and the walk that every job over folders begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pinakes.ingest.engines.factory import runner_maker
from pinakes.ingest.pipeline import Progress, Scan
from pinakes.ingest.report import ScanReport
from pinakes.ingest.source import Walk
from pinakes.jobs.turn import Turn, Work
from pinakes.services.opened import Library

#: Kind of these jobs.
KIND = "scan"

#: Refused files that an answer lists; `counts` has their number, GET /assets?outcome=refused all of them.
MOST_REFUSED = 1000


def asked_of(
    folders: Sequence[str],
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
    only: Sequence[str] = (),
    rest_seconds: float = 0.0,
) -> dict[str, Any]:
    """What a job over real, allowed folders keeps of what was asked.

    `only` limits it to directories inside of them, and `rest_seconds` leaves out what is just being written.
    """
    about: dict[str, Any] = {"folders": list(folders)}
    if only:
        about["only"] = list(only)
    if rest_seconds:
        about["rest_seconds"] = rest_seconds
    if exclude:
        about["exclude"] = list(exclude)
    if include:
        about["include"] = list(include)
    return about


def scan_work(library: Library) -> Work:
    """Make what a job of kind `scan` does."""
    return lambda turn: scanned(library, turn)


def scanned(library: Library, turn: Turn) -> dict[str, Any]:
    """Bring the library up to date with the folders of a job.

    Raises:
        DiskFull: what was stored before stays stored.
        JobStopped: as `Turn.advance`.
    """

    def watch(progress: Progress) -> None:
        turn.advance("scanning", progress.done, progress.total)

    turn.advance("scanning", 0)
    report = scan_of(library).run(walk_of(library, turn.about), watch=watch)
    said = scan_json(report)
    met = sum(report.counts.values())
    turn.advance("scanned", met, met, failed=report.counts["refused"])
    return said


def scan_of(library: Library) -> Scan:
    """What scans into a library."""
    settings = library.settings
    maker = runner_maker(settings.ingest)
    return Scan(library.engine, library.thumbnails, settings.images, settings.scan_workers, maker)


def scan_json(report: ScanReport) -> dict[str, Any]:
    """What a job says of a scan."""
    said = report.as_json()
    names = ("counts", "changes", "skipped")
    return {**{name: said[name] for name in names}, "refused": said["refused"][:MOST_REFUSED]}


def walk_of(library: Library, about: Mapping[str, Any]) -> Walk:
    """The walk over a job's folders, which passes over the state's own."""
    settings = library.settings
    exclude = (*settings.scan.exclude, *about.get("exclude", ()))
    never = (str(settings.state.resolve()),)
    walk = Walk(
        tuple(about["folders"]),
        exclude,
        tuple(about.get("include", ())),
        never,
        rest_seconds=about.get("rest_seconds", 0.0),
    )
    return walk.limited(about["only"]) if "only" in about else walk
