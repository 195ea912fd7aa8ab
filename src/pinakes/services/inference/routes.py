"""The paths of the inference service, thin over the engine."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future
from typing import Any

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from pinakes.core.errors import DeadlineExceeded, InvalidRequest, PinakesError
from pinakes.core.metrics import InferenceMetrics
from pinakes.core.settings import InferenceSettings
from pinakes.schemas.embeddings import Health
from pinakes.services.inference import openapi
from pinakes.services.inference.answers import answer, wanted_form
from pinakes.services.inference.bodies import read_images
from pinakes.serving.engine import NOT_READY_RETRY_SECONDS, Engine, State
from pinakes.serving.request import Outcome

#: Status of a request whose client went away before the answer; nobody receives it.
CLIENT_GONE = 499

#: Header with which a client shortens the time its request may take, milliseconds.
TIMEOUT_HEADER = "X-Pinakes-Timeout-Ms"


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
            metrics.requests.labels(outcome).inc()
        return response

    return router


async def _embed(
    request: Request, engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics
) -> Response:
    seconds = _seconds(request, limits)
    arrived = time.monotonic()
    with engine.enter(int(request.headers.get("content-length", "0"))) as visit:
        images = await read_images(request, visit, limits)
        read = time.monotonic()
        metrics.stage.labels("read").observe(read - arrived)
        future = visit.submit([image.encoded for image in images], seconds=seconds)
        outcomes = await _answer_or_gone(request, future, seconds=seconds)
        taken = time.monotonic() - read
        metrics.stage.labels("answer").observe(taken)
        return answer(
            engine.identity,
            images,
            outcomes,
            form=wanted_form(request.headers.get("accept", "")),
            seconds=taken,
            request_id=request.state.request_id,
        )


async def _answer_or_gone(
    request: Request, future: Future[list[Outcome]], *, seconds: float
) -> list[Outcome]:
    """Wait for the engine, but no longer than the client does; giving up frees the engine of the request.

    Raises:
        ClientDisconnect: the client went away.
        DeadlineExceeded: the time ran out, waiting or in work.
    """
    answered = asyncio.wrap_future(future)
    gone = asyncio.ensure_future(request.receive())  # the body is read: the next message is the disconnect
    try:
        watched: set[asyncio.Future[Any]] = {answered, gone}
        await asyncio.wait(watched, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if answered.done():
            return answered.result()
        if gone.done():
            raise ClientDisconnect
        raise DeadlineExceeded(f"The pictures were not embedded within {seconds:g} s.")
    finally:
        gone.cancel()
        answered.cancel()


def _seconds(request: Request, limits: InferenceSettings) -> float:
    """Time the request may take from its last byte: the service's, or less if the client says so."""
    asked = request.headers.get(TIMEOUT_HEADER)
    if asked is None:
        return limits.seconds
    if not (asked.isascii() and asked.isdigit() and int(asked) > 0):
        raise InvalidRequest(f"{TIMEOUT_HEADER} must be a whole number of milliseconds above 0.")
    return min(limits.seconds, int(asked) / 1000)


def _health(engine: Engine) -> Response:
    state = engine.state
    health = Health(status=state.value, detail=engine.failure or None)
    if state in (State.HEALTHY, State.FAILING, State.DRAINING):
        identity = engine.identity
        health = health.model_copy(
            update={
                "model": identity.name,
                "revision": identity.revision,
                "preprocess": identity.preprocess,
                "dimensions": identity.dimensions,
                "uptime_seconds": round(engine.uptime_seconds, 3),
            }
        )
    content = health.model_dump(exclude_none=True)
    if state is State.HEALTHY:
        return JSONResponse(content)
    return JSONResponse(content, status_code=503, headers={"Retry-After": f"{NOT_READY_RETRY_SECONDS:.0f}"})
