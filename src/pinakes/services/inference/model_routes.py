"""The models of the service: which there are, what state each is in, loading and unloading them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from fastapi import APIRouter

from pinakes.schemas.models import ModelDetail, ModelList, ModelTotals, ModelVersion, StageTotal
from pinakes.services.inference.health_routes import served_model
from pinakes.services.inference.openapi import problems
from pinakes.serving.catalogue import ModelStatus
from pinakes.serving.engine import Engine
from pinakes.serving.statistics import Snapshot, Total

#: What asking about one model may be answered with.
_REFUSALS: dict[int | str, dict[str, Any]] = problems(401, 403, 404, 422, 429)


def routes(engine: Engine) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter(prefix="/models")

    @router.get("", summary="Every model", responses=problems(401, 403, 429))
    async def models() -> ModelList:
        """Every model there is, by name and version, with its state."""
        listed = [served_model(engine, status) for status in engine.statuses()]
        return ModelList(default=engine.status().offer.name, memory_bytes=resident_bytes(), models=listed)

    @router.get("/{name}", summary="One model", responses=_REFUSALS)
    async def model(name: str) -> ModelDetail:
        """One model, by its name or `name@revision`: state, versions, memory, statistics."""
        return detail_of(engine, engine.status(name))

    @router.post("/{name}/load", status_code=202, summary="Load a model", responses=_REFUSALS)
    async def load(name: str) -> ModelDetail:
        """Begin to load a model, unless it is loaded or loading; ask for its state to see it through."""
        return detail_of(engine, engine.load(name))

    @router.post("/{name}/unload", status_code=202, summary="Unload a model", responses=_REFUSALS)
    async def unload(name: str) -> ModelDetail:
        """Begin to unload a model: newcomers are turned away, and its memory is free once nobody waits."""
        return detail_of(engine, engine.unload(name))

    return router


def resident_bytes() -> int:
    """Memory that this process has in use, bytes; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def detail_of(engine: Engine, status: ModelStatus) -> ModelDetail:
    """Everything about one model."""
    same = [other for other in engine.statuses() if other.offer.name == status.offer.name]
    return ModelDetail(
        **served_model(engine, status).model_dump(),
        bytes=status.nbytes,
        load_seconds=round(status.load_seconds, 3),
        uptime_seconds=round(status.uptime_seconds, 3),
        statistics=_totals(status.statistics),
        versions=[
            ModelVersion(
                version=other.offer.version,
                revision=other.offer.revision,
                state=other.state.value,
                current=other.offer.current,
            )
            for other in same
        ],
    )


def _totals(snapshot: Snapshot) -> ModelTotals:
    return ModelTotals(
        inputs=snapshot.inference_count,
        calls=snapshot.execution_count,
        last_call=snapshot.last_inference / 1000,
        success=_total(snapshot.success),
        fail=_total(snapshot.fail),
        queue=_total(snapshot.queue),
        prepare=_total(snapshot.compute_input),
        infer=_total(snapshot.compute_infer),
        finish=_total(snapshot.compute_output),
        cache_hit=_total(snapshot.cache_hit),
        cache_miss=_total(snapshot.cache_miss),
        batches={size: _total(totals.compute_infer) for size, totals in snapshot.batches.items()},
    )


def _total(total: Total) -> StageTotal:
    return StageTotal(count=total.count, seconds=round(total.ns / 1e9, 6))
