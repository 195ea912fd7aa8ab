"""Whether the service lives, and whether it can serve: for people, balancers and orchestrators."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from pinakes.schemas.models import Health, Probe, ServedModel
from pinakes.services.inference.choice import tasks_of
from pinakes.serving.catalogue import ModelStatus
from pinakes.serving.engine import Engine, State

#: What a route may answer beside 200, for its description.
Responses = dict[int | str, dict[str, Any]]

#: What a caller is told to wait while the service loads or drains, seconds.
RETRY_SECONDS = 1


def routes(engine: Engine) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter()
    unready: Responses = {
        503: {"model": Health, "description": "No: it loads, drains, or its model cannot serve."}
    }
    unready_probe: Responses = {503: {"model": Probe, "description": "No."}}

    @router.get("/health", response_model=Health, responses=unready, summary="Can it serve, and what?")
    async def health() -> Response:
        """Whether the default model can serve, and every model with its state."""
        return _answer(engine, health_of(engine).model_dump(exclude_none=True))

    @router.get("/readyz", response_model=Probe, responses=unready_probe, summary="Can it serve?")
    async def readyz() -> Response:
        """200 while requests are served; 503 while it loads, drains, or cannot serve."""
        return _answer(engine, {"status": engine.state.value})

    @router.get("/livez", response_model=Probe, summary="Does it live?")
    async def livez() -> Response:
        """200 as long as the process answers, also while it loads or drains: restarting would not help."""
        return JSONResponse({"status": engine.state.value})

    return router


def health_of(engine: Engine) -> Health:
    """The service as it is now; of several revisions of a model, the current one is listed last."""
    default = engine.status()
    statuses = sorted(
        engine.statuses(),
        key=lambda status: (status.offer.name, status.offer.current, status.offer.version),
    )
    health = Health(
        status=engine.state.value,
        detail=default.failure or None,
        models=[served_model(engine, status) for status in statuses],
    )
    identity = default.identity
    if identity is None:
        return health
    return health.model_copy(
        update={
            "model": identity.name,
            "revision": identity.revision,
            "preprocess": identity.preprocess,
            "dimensions": identity.dimensions,
            "input_side": default.input_side,
            "tasks": sorted(tasks_of(engine, default)),
            "uptime_seconds": round(default.uptime_seconds, 3),
        }
    )


def served_model(engine: Engine, status: ModelStatus) -> ServedModel:
    """One version of a model, as answers tell of it."""
    offer, identity = status.offer, status.identity
    return ServedModel(
        name=offer.name,
        revision=identity.revision if identity else offer.revision,
        version=offer.version,
        current=offer.current,
        state=status.state.value,
        failure=status.failure,
        tasks=sorted(tasks_of(engine, status)),
        preprocess=identity.preprocess if identity else None,
        dimensions=identity.dimensions if identity else None,
        input_side=status.input_side,
    )


def _answer(engine: Engine, content: dict[str, object]) -> Response:
    if engine.state is State.HEALTHY:
        return JSONResponse(content)
    return JSONResponse(content, status_code=503, headers={"Retry-After": f"{RETRY_SECONDS}"})
