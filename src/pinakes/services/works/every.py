"""The one table of the kinds of jobs, and the lanes in which they run."""

from __future__ import annotations

from collections.abc import Mapping

from pinakes.ingest.indexing.metrics import IndexMetrics
from pinakes.jobs.runner import Kind
from pinakes.services.opened import Library
from pinakes.services.works import (
    ingesting,
    mapping,
    measuring,
    planning,
    pulling,
    reindexing,
    resolving,
    reviewing,
    scanning,
    taking_back,
)


def every_kind(library: Library, metrics: IndexMetrics | None = None) -> Mapping[str, Kind]:
    """Everything that a process which owns the library can do; a review waits for no ingestion."""
    return {
        scanning.KIND: Kind(scanning.scan_work(library)),
        ingesting.KIND: Kind(ingesting.ingest_work(library, metrics)),
        reindexing.KIND: Kind(reindexing.index_work(library, metrics), lane="indexes"),
        mapping.KIND: Kind(mapping.map_work(library), lane="maps"),
        pulling.KIND: Kind(pulling.pull_work(library.settings), lane="pulls"),
        measuring.KIND: Kind(measuring.measure_work(library), lane="measurements"),
        reviewing.KIND: Kind(reviewing.review_work(library), lane="reviews"),
        planning.KIND: Kind(planning.plan_work(library), lane="plans"),
        resolving.KIND: Kind(resolving.resolve_work(library), lane="decisions"),
        taking_back.UNDO: Kind(taking_back.undo_work(library), lane="decisions"),
        taking_back.EMPTY: Kind(taking_back.emptying_work(library), lane="decisions"),
    }
