"""The paths of the Open Inference Protocol over REST, thin over the engine."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from pinakes.core.errors import TooLarge, UploadStalled
from pinakes.core.settings import InferenceSettings
from pinakes.services.http.door import CLIENT_GONE
from pinakes.services.inference.asking import ask, holder_of, length_of, terms_of
from pinakes.services.inference.bodies import SMALL_BODY, read_body
from pinakes.services.inference.counting import counted
from pinakes.services.inference.oip import openapi
from pinakes.services.inference.oip.bodies import (
    JSON_LENGTH,
    json_length_of,
    read_object,
    read_request,
    write_response,
)
from pinakes.services.inference.oip.compression import coding_for, packed, unpacked
from pinakes.services.inference.oip.inference import inquiry_of, off_the_loop
from pinakes.services.inference.oip.messages import InferRequest
from pinakes.services.inference.oip.metadata import model_config, model_metadata, server_metadata
from pinakes.services.inference.oip.repository import Repository
from pinakes.services.inference.oip.statistics import statistics_of
from pinakes.serving.catalogue import ModelState
from pinakes.serving.engine import Engine, State, Visit
from pinakes.serving.metrics import InferenceMetrics

#: Largest body of a request to the repository, bytes; it holds a few words.
LARGEST_COMMAND = 2**20

#: Compressed bodies grow by at most this factor before they are suspected, and are unpacked in a thread.
USUAL_GROWTH = 8

#: Parsed JSON takes about this many times its bytes, counted where it is not small.
JSON_GROWTH = 8

#: What a caller is told to wait while something is not ready, seconds.
RETRY = {"Retry-After": "1"}

_MODEL = "/models/{model}"
_VERSION = "/models/{model}/versions/{version}"


def routes(engine: Engine, limits: InferenceSettings, metrics: InferenceMetrics) -> APIRouter:
    """Make the routes over an engine."""
    router = APIRouter(prefix="/v2", tags=["Open Inference Protocol"])
    repository = Repository(engine)
    _add_health(router, engine)
    _add_models(router, repository, limits)
    _add_repository(router, repository, limits)

    @router.post(_MODEL + "/infer", summary="Infer", responses=openapi.INFER)
    @router.post(_VERSION + "/infer", summary="Infer", include_in_schema=False)
    async def infer(request: Request, model: str, version: str = "") -> Response:
        """Embed or describe what the one input tensor holds; see the how-to on Triton clients."""
        request.state.noted["door"] = "oip"
        try:
            with counted(metrics, "oip"):
                return await _infer(request, repository, model, version, limits=limits, metrics=metrics)
        except ClientDisconnect:
            return Response(status_code=CLIENT_GONE)

    return router


def _add_health(router: APIRouter, engine: Engine) -> None:
    @router.get("", summary="Name, version, extensions", responses=openapi.SERVER)
    async def server() -> dict[str, Any]:
        return server_metadata()

    @router.get("/health/live", summary="Is the process alive?", responses=openapi.LIVE)
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/health/ready", summary="Can the default model serve?", responses=openapi.READY)
    async def ready() -> Response:
        return _readiness({"live": True}, engine.state is State.HEALTHY, f"The service is {engine.state}.")


def _add_models(router: APIRouter, repository: Repository, limits: InferenceSettings) -> None:
    @router.get("/models/stats", summary="Totals of all models", responses=openapi.SERVER)
    async def all_statistics() -> dict[str, Any]:
        return {"model_stats": [statistics_of(status) for status in await repository.statuses()]}

    @router.get(_MODEL, summary="Versions and tensors of a model", responses=openapi.LOADED_MODEL)
    @router.get(_VERSION, include_in_schema=False)
    async def metadata(model: str, version: str = "") -> dict[str, Any]:
        status = await repository.status(model, version)
        versions = await repository.versions(status.offer.name)
        return model_metadata(status, repository.tasks(status), versions)

    @router.get(_MODEL + "/ready", summary="Can a model serve?", responses=openapi.MODEL_READY)
    @router.get(_VERSION + "/ready", include_in_schema=False)
    async def ready(model: str, version: str = "") -> Response:
        status = await repository.status(model, version)
        why = status.failure or f"The model {model} is {status.state}."
        return _readiness({"name": model}, status.state is ModelState.READY, why)

    @router.get(_MODEL + "/config", summary="Configuration of a model", responses=openapi.LOADED_MODEL)
    @router.get(_VERSION + "/config", include_in_schema=False)
    async def config(model: str, version: str = "") -> dict[str, Any]:
        status = await repository.status(model, version)
        return model_config(status, repository.tasks(status), limits)

    @router.get(_MODEL + "/stats", summary="Totals of a model", responses=openapi.MODEL)
    @router.get(_VERSION + "/stats", include_in_schema=False)
    async def statistics(model: str, version: str = "") -> dict[str, Any]:
        return {"model_stats": [statistics_of(await repository.status(model, version))]}


def _add_repository(router: APIRouter, repository: Repository, limits: InferenceSettings) -> None:
    @router.post("/repository/index", summary="Models that there are", responses=openapi.INDEX)
    async def index(request: Request) -> list[dict[str, str]]:
        told = read_object(await _read_command(request, limits))
        return await repository.index(ready=told.get("ready") is True)

    @router.post(
        "/repository/models/{model}/load",
        summary="Load a model and wait for it",
        responses=openapi.COMMAND,
        response_class=Response,  # clients want nothing in it
    )
    async def load(request: Request, model: str) -> Response:
        told = read_object(await _read_command(request, limits))
        parameters = told.get("parameters")
        await repository.load(model, parameters if isinstance(parameters, dict) else {})
        return Response()

    @router.post(
        "/repository/models/{model}/unload",
        summary="Unload a model and wait until it is gone",
        responses=openapi.COMMAND,
        response_class=Response,
    )
    async def unload(request: Request, model: str) -> Response:
        await _read_command(request, limits)
        await repository.unload(model)
        return Response()


async def _infer(
    request: Request,
    repository: Repository,
    model: str,
    version: str,
    *,
    limits: InferenceSettings,
    metrics: InferenceMetrics,
) -> Response:
    arrived = time.monotonic()
    terms = terms_of(request, limits.seconds)
    with repository.engine.enter(length_of(request), holder_of(request)) as visit:
        body = await read_body(request, visit, limits)
        since = time.monotonic()
        metrics.stage.labels("read", "").observe(since - arrived)
        read = await _read(request, body, visit, limits)
        inquiry = await inquiry_of(read, repository, model, version, terms=terms, since=since, limits=limits)
        outcomes = await ask(request, visit, inquiry.work)
        answer = inquiry.answer(outcomes)
        nbytes = sum(output.values.nbytes for output in answer.outputs)
        written, json_length = await off_the_loop(nbytes, write_response, answer, read)
        metrics.stage.labels("answer", "").observe(time.monotonic() - since)
        return await _answered(written, json_length, request.headers.get("accept-encoding", ""))


async def _read(request: Request, body: bytes, visit: Visit, limits: InferenceSettings) -> InferRequest:
    """Unpack and parse a body, counting what that makes of it."""
    coding = request.headers.get("content-encoding", "")
    if coding:
        most = limits.max_request_bytes
        nbytes = len(body) * USUAL_GROWTH
        body = await off_the_loop(nbytes, unpacked, body, coding, most=most, grow=visit.grow)
    stated = request.headers.get(JSON_LENGTH)
    json_length = json_length_of(stated, len(body))
    if json_length > SMALL_BODY:
        visit.grow(JSON_GROWTH * json_length)
    return await off_the_loop(len(body), read_request, body, stated)


async def _answered(body: bytes, json_length: int | None, accept_encoding: str) -> Response:
    headers = {} if json_length is None else {JSON_LENGTH: str(json_length)}
    coding = coding_for(accept_encoding)
    if coding:
        body = await off_the_loop(len(body), packed, body, coding)
        headers |= {"Content-Encoding": coding, "Vary": "Accept-Encoding"}
    media = "application/json" if json_length is None else "application/octet-stream"
    return Response(body, headers=headers, media_type=media)


async def _read_command(request: Request, limits: InferenceSettings) -> bytes:
    """Read the small body of a request to the repository, which needs no model to be ready."""
    body = bytearray()
    try:
        async with asyncio.timeout(limits.seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_COMMAND:
                    raise TooLarge(
                        f"The request is over {LARGEST_COMMAND:,} bytes.",
                        remedy="Models are installed, not sent.",
                    )
    except TimeoutError as error:
        raise UploadStalled(f"The body stopped after {len(body):,} bytes.") from error
    return bytes(body)


def _readiness(told: dict[str, Any], ready: bool, why: str) -> Response:
    """200 or 503, each with a body: some clients look at the status only, others at the body only."""
    if ready:
        return JSONResponse(told | {"ready": True})
    return JSONResponse(told | {"ready": False, "error": why}, status_code=503, headers=RETRY)
