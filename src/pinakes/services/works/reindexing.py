"""The work of building another model's index beside the one that answers."""

from __future__ import annotations

from typing import Any

from pinakes.core.errors import InvalidRequest
from pinakes.core.protocols import Embedder
from pinakes.core.settings import Settings
from pinakes.ingest.indexing.indexing import Indexing
from pinakes.ingest.indexing.metrics import IndexMetrics
from pinakes.ingest.indexing.report import IndexProgress
from pinakes.jobs.patience import patiently
from pinakes.jobs.turn import Turn, Work
from pinakes.services.chosen.embedders import chosen_embedder
from pinakes.services.opened import Library
from pinakes.services.works.ingesting import PHASES
from pinakes.vectors.naming import collection_name

#: Kind of these jobs.
KIND = "index"


def asked_of(model: str, *, again: bool = False) -> dict[str, Any]:
    """What a job keeps of what was asked."""
    return {"model": model, "again": True} if again else {"model": model}


def index_work(library: Library, metrics: IndexMetrics | None = None) -> Work:
    """Make what a job of kind `index` does: embed what the model's own collection lacks.

    The collection that answers is left alone, and ingestions keep it up to date meanwhile. A service or a
    store that is away is waited for; what was embedded once is not embedded again.
    """

    def work(turn: Turn) -> dict[str, Any]:
        turn.advance("loading the model", 0)
        return patiently(turn, lambda: _indexed(library, turn, metrics))

    return work


def named_embedder(settings: Settings, model: str) -> Embedder:
    """Open a model by its name, or `name@revision`, here or of the service; `close` it after use.

    Raises:
        NotFound, ModelUnusable, OutOfMemory: it cannot be loaded in this process.
    """
    client = settings.client.model_copy(update={"model": model})
    inference = settings.inference.model_copy(update={"model": model})
    return chosen_embedder(settings.model_copy(update={"client": client, "inference": inference}), client)


def _indexed(library: Library, turn: Turn, metrics: IndexMetrics | None) -> dict[str, Any]:
    embedder = named_embedder(library.settings, turn.about["model"])
    try:
        _check(embedder, turn.about["model"])
        collection = library.index.made(embedder.identity)
        turn.note(index=collection_name(embedder.identity))
        indexing = Indexing(
            library.engine,
            collection,
            None,
            embedder,
            library.settings.images,
            unit=library.settings.ingest.unit,
            metrics=metrics,
        )
        report = indexing.run(None, watch=_watch(turn), again=bool(turn.about.get("again")))
    finally:
        embedder.close()
    return {"index": collection_name(embedder.identity), "report": dict(report.as_json())}


def _check(embedder: Embedder, asked: str) -> None:
    """Refuse a model that answers in place of the one asked for, as services that know only one do."""
    name, _, revision = asked.partition("@")
    there = embedder.identity
    if revision and (there.name, there.revision) != (name, revision):
        raise InvalidRequest(f"{asked} was asked for, and {there.name}@{there.revision} answers.")


def _watch(turn: Turn) -> Any:
    def watch(progress: IndexProgress, /) -> None:
        phase = PHASES.get(progress.phase, progress.phase)
        turn.advance(phase, progress.done, progress.total, failed=progress.failed)

    return watch
