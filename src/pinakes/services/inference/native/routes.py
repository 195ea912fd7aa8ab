"""The paths of our own protocol, thin over `Native`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from pinakes.core.settings import InferenceSettings
from pinakes.services.inference import openapi
from pinakes.services.inference.embedding_door import respond_counted
from pinakes.services.inference.native.door import Native
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics

#: What GET / names.
PATHS = (
    "GET /health",
    "GET /livez",
    "GET /readyz",
    "POST /embed",
    "POST /caption",
    "POST /labels",
    "GET /models",
    "GET /models/{name}",
    "POST /models/{name}/load",
    "POST /models/{name}/unload",
    "GET /metrics",
    "GET /openapi.json",
)


def routes(engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter()
    native = Native(engine, limits, metrics)

    @router.get("/", summary="What this is")
    async def index() -> dict[str, object]:
        return {"service": "Pinakes inference", "status": engine.state, "paths": PATHS}

    @router.post("/embed", summary="Embed pictures or texts", **openapi.EMBED)
    async def embed(request: Request) -> Response:
        """Embed pictures, or texts, in request order; a bad input is refused and harms no other."""
        return await respond_counted(metrics, "native", native.embed(request))

    @router.post("/caption", summary="Describe pictures", **openapi.CAPTION)
    async def caption(request: Request) -> Response:
        """Say what pictures show, in request order; a bad picture is refused and harms no other."""
        return await respond_counted(metrics, "native", native.caption(request))

    @router.post("/labels", summary="Choose among labels", **openapi.LABELS)
    async def labels(request: Request) -> Response:
        """Say which of any given labels fit each picture; a bad picture is refused and harms no other."""
        return await respond_counted(metrics, "native", native.label(request))

    return router
