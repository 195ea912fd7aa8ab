"""The paths of the inference service, thin over the engine."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from pinakes.core.errors import PinakesError
from pinakes.core.metrics import InferenceMetrics
from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Task
from pinakes.schemas.embeddings import Health
from pinakes.services.inference import openapi
from pinakes.services.inference.answers import answer, wanted_form
from pinakes.services.inference.asking import ask, client_of, priority_of, seconds_of
from pinakes.services.inference.bodies import read_images
from pinakes.serving.engine import Engine, State
from pinakes.serving.request import Work

#: Status of a request whose client went away before the answer; nobody receives it.
CLIENT_GONE = 499

#: What a caller is told to wait while the service loads or drains, seconds.
RETRY_SECONDS = 1


def routes(engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter()

    @router.get("/", summary="What this is")
    async def index() -> dict[str, object]:
        paths = ["GET /health", "POST /embed", "GET /metrics", "GET /openapi.json"]
        return {"service": "Pinakes inference", "status": engine.state, "paths": paths}

    @router.get("/health", response_model=Health, responses={503: {"model": Health}}, summary="Can it serve?")
    async def health() -> Response:
        return _health(engine)

    @router.head("/health", include_in_schema=False)
    async def health_head() -> Response:
        return _health(engine)

    @router.post(
        "/embed", summary="Embed pictures", openapi_extra=openapi.REQUEST, responses=openapi.RESPONSES
    )
    async def embed(request: Request) -> Response:
        """Embed one picture or several, in request order; a bad picture is refused and harms no other."""
        outcome = "failed"
        try:
            response = await _embed(request, engine, limits, metrics)
            outcome = "answered" if response.status_code == 200 else "refused"
        except PinakesError as error:
            outcome = error.code
            raise
        except ClientDisconnect:
            outcome = "gone"
            return Response(status_code=CLIENT_GONE)
        finally:
            metrics.requests.labels("native", outcome).inc()
        return response

    return router


async def _embed(
    request: Request, engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics
) -> Response:
    seconds = seconds_of(request, limits.seconds)
    priority, client = priority_of(request), client_of(request)
    arrived = time.monotonic()
    with engine.enter(int(request.headers.get("content-length", "0"))) as visit:
        images = await read_images(request, visit, limits)
        read = time.monotonic()
        metrics.stage.labels("read", "").observe(read - arrived)
        encoded = [image.encoded for image in images]
        work = Work(Task.IMAGE_EMBEDDING, encoded, seconds, priority=priority, client=client)
        outcomes = await ask(request, visit, work)
        taken = time.monotonic() - read
        metrics.stage.labels("answer", "").observe(taken)
        return answer(
            engine.identity,
            images,
            outcomes,
            form=wanted_form(request.headers.get("accept", "")),
            seconds=taken,
            request_id=request.state.request_id,
        )


def _health(engine: Engine) -> Response:
    state, model = engine.state, engine.status()
    health = Health(status=state.value, detail=model.failure or None)
    if model.identity is not None:
        health = health.model_copy(
            update={
                "model": model.identity.name,
                "revision": model.identity.revision,
                "preprocess": model.identity.preprocess,
                "dimensions": model.identity.dimensions,
                "uptime_seconds": round(model.uptime_seconds, 3),
            }
        )
    content = health.model_dump(exclude_none=True)
    if state is State.HEALTHY:
        return JSONResponse(content)
    return JSONResponse(content, status_code=503, headers={"Retry-After": f"{RETRY_SECONDS}"})
