"""Between what crosses the wire and what the shared search takes and answers."""

from __future__ import annotations

from typing import Any

from pinakes.core.errors import InvalidRequest
from pinakes.schemas.shared_search import (
    ImageFailed,
    IndexNamed,
    SharedHit,
    SharedSearchAnswer,
    SharedSearchAsked,
)
from pinakes.search.shared.types import EmbedReport, Like, Place, SharedAnswer, SharedQuestion
from pinakes.services.search.metrics import SharedMetrics


def place(caller: str, asked: IndexNamed) -> Place:
    """The index that a caller means."""
    return Place(caller, asked.user_id, asked.folder_id)


def question(caller: str, asked: SharedSearchAsked) -> SharedQuestion:
    """The question that a caller asks.

    Raises:
        InvalidRequest: it asks for nothing, or for several things.
    """
    owned = {int(folder): owner for folder, owner in asked.folder_owner_map.items()}
    owners = {folder: owned.get(folder, asked.user_id) for folder in asked.folder_ids}
    return SharedQuestion(caller, _like(asked), owners, asked.top_k)


def answer(found: SharedAnswer) -> SharedSearchAnswer:
    """The answer as it crosses the wire."""
    return SharedSearchAnswer(
        results=[
            SharedHit(image_id=hit.image, folder_id=hit.folder, user_id=hit.owner, score=hit.score)
            for hit in found.hits
        ],
        missing_folders=list(found.missing),
        matched=found.matched,
        model=found.model,
        notes=list(found.notes),
    )


def report_json(asked: IndexNamed, report: EmbedReport, model: str) -> dict[str, Any]:
    """The members of `ImagesEmbedded`."""
    failed = [
        ImageFailed(image_id=each.image, file_path=each.path, reason=each.reason, detail=each.detail)
        for each in report.failed
    ]
    return {
        "user_id": asked.user_id,
        "folder_id": asked.folder_id,
        "embedded": list(report.embedded),
        "failed": failed,
        "cached": report.cached,
        "model": model,
    }


def count(metrics: SharedMetrics, report: EmbedReport) -> None:
    """Count how images ended."""
    metrics.images.labels("embedded").inc(len(report.embedded))
    metrics.images.labels("failed").inc(len(report.failed))


def _like(asked: SharedSearchAsked) -> Like:
    given = [
        name for name in ("query", "image", "image_path", "image_id") if getattr(asked, name) is not None
    ]
    if len(given) != 1:
        raise InvalidRequest(
            "A search takes one of `query`, `image`, `image_path` and `image_id`, "
            + (f"not {' and '.join(f'`{name}`' for name in given)} together." if given else "and has none.")
        )
    if asked.query is not None and not asked.query.strip():
        raise InvalidRequest("The query is empty.", remedy="Send words, such as `sunset`.")
    return Like((asked.query or "").strip(), asked.image, asked.image_path, asked.image_id)
