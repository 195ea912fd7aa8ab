"""The work of an ingestion: scan folders, then bring both indexes up to date with what lies in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pinakes.core.errors import PinakesError
from pinakes.ingest.indexing.indexing import Watch
from pinakes.ingest.indexing.metrics import IndexMetrics
from pinakes.ingest.indexing.report import IndexProgress
from pinakes.ingest.ingestion import Ingestion
from pinakes.ingest.source import outermost
from pinakes.jobs.job import State
from pinakes.jobs.patience import PASSING, patiently
from pinakes.jobs.runner import Jobs
from pinakes.jobs.turn import Turn, Work
from pinakes.services.opened import Library
from pinakes.services.works import scanning
from pinakes.services.works.indexing import opened_indexing

#: Kind of these jobs.
KIND = "ingest"

#: Paused jobs that are looked at when a service starts.
MOST_LOOKED_AT = 1000

#: What a job says it does, by the step that indexing is in.
PHASES = {
    "scan": "scanning",
    "embed": "embedding",
    "caption": "describing",
    "read": "reading text",
    "index": "indexing",
}


def asked_of(
    folders: Sequence[str],
    *,
    caption: bool | None = None,
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
    only: Sequence[str] = (),
    rest_seconds: float = 0.0,
) -> dict[str, Any]:
    """What a job over real, allowed folders keeps of what was asked; see `scanning.asked_of`."""
    about = scanning.asked_of(folders, exclude, include, only, rest_seconds)
    return about if caption is None else {**about, "caption": caption}


def submit_at_start(jobs: Jobs, folders: Sequence[str]) -> None:
    """Queue the ingestion of a service's folders as it starts, unless a person paused just that."""
    about = asked_of(outermost(folders))
    paused = jobs.page(limit=MOST_LOOKED_AT, kinds=[KIND], states=[State.PAUSED])
    if not any(job.about == about for job in paused):
        jobs.submit(KIND, about, once=True)


def ingest_work(library: Library, metrics: IndexMetrics | None = None) -> Work:
    """Make what a job of kind `ingest` does; a model's service or a store that is away is waited for."""

    def work(turn: Turn) -> dict[str, Any]:
        try:
            _ingest(library, turn, metrics)
        except PinakesError as error:
            if "scan" not in turn.job.result:  # which needs none of what is away, or cannot be used
                turn.note(scan=scanning.scanned(library, turn))
            if not isinstance(error, PASSING):
                raise
            turn.note(index=patiently(turn, lambda: _indexed(library, turn, metrics)))
        _tell_end(turn)
        return {}

    return work


def _ingest(library: Library, turn: Turn, metrics: IndexMetrics | None) -> None:
    """Scan and index as one, so that pictures are decoded once and found while the scan goes on."""
    about = turn.about
    turn.advance("scanning", 0)
    with opened_indexing(library, caption=about.get("caption"), metrics=metrics) as indexing:
        report = Ingestion(scanning.scan_of(library), indexing).run(
            scanning.walk_of(library, about),
            watch=_watch(turn),
            again=bool(about.get("again")),
            scanned=lambda found: turn.note(scan=scanning.scan_json(found)),
        )
    turn.note(index=dict(report.index.as_json()))


def _tell_end(turn: Turn) -> None:
    found = turn.job.result
    counts = found["scan"]["counts"]
    met = counts["stored"] + counts["refused"]
    turn.advance("done", met, met, failed=counts["refused"] + found["index"]["counts"]["refused"])


def _indexed(library: Library, turn: Turn, metrics: IndexMetrics | None) -> dict[str, Any]:
    about = turn.about
    with opened_indexing(library, caption=about.get("caption"), metrics=metrics) as indexing:
        report = indexing.run(
            about.get("only", about["folders"]), watch=_watch(turn), again=bool(about.get("again"))
        )
    return dict(report.as_json())


def _watch(turn: Turn) -> Watch:
    def watch(progress: IndexProgress, /) -> None:
        phase = PHASES.get(progress.phase, progress.phase)
        turn.advance(phase, progress.done, progress.total, failed=progress.failed)

    return watch
