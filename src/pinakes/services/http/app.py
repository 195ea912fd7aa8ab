"""The application that every service starts from: the door, problems instead of pages, metrics, no CDN."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from http import HTTPStatus
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from pinakes.core.errors import InvalidRequest, NotFound, PinakesError
from pinakes.core.metrics import exposition
from pinakes.services.http.door import AllowedScopes, Door, any_scope
from pinakes.services.http.keys import Keys
from pinakes.services.http.problems import ErrorForm, ErrorForms

#: Methods that routes may take; HEAD is taken wherever GET is.
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def create_application(
    *,
    title: str,
    description: str,
    keys: Keys,
    allowed: AllowedScopes = any_scope,
    max_body_bytes: int,
    larger_bodies: Mapping[str, int] | None = None,
    registry: CollectorRegistry | None = None,
    open_paths: Collection[str] = ("/health",),
    forms: Mapping[str, ErrorForm] | None = None,
    count_error: Callable[[PinakesError], None] | None = None,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:
    """Make an application whose requests all pass the `Door`, to which a service adds its routes.

    Errors of `core.errors` that a route raises become problems (RFC 9457) by the table in `problems`;
    so do unknown paths, wrong methods, invalid parameters and unexpected exceptions; below a prefix of
    `forms` they are written as its protocol wants them; `count_error` hears of each. Every answer
    carries X-Request-Id, also found in `request.state.request_id`. With a registry, GET /metrics answers
    in Prometheus's format. GET /openapi.json describes the routes; there is no page that loads from a CDN.
    """
    application = FastAPI(
        title=title,
        description=description,
        version=version("pinakes"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        # Newer versions of FastAPI can send traces of their own accord; here `telemetry` alone decides.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    written = ErrorForms(forms, counted=count_error)
    application.add_middleware(
        Door,
        keys=keys,
        allowed=allowed,
        open_paths=tuple(open_paths),
        max_body_bytes=max_body_bytes,
        forms=written,
        larger=larger_bodies or {},
    )
    application.add_exception_handler(HTTPException, partial(_http_problem, written))
    application.add_exception_handler(RequestValidationError, partial(_validation_problem, written))
    if registry is not None:
        application.add_route("/metrics", _metrics_route(registry), include_in_schema=False)
    return application


def _metrics_route(registry: CollectorRegistry) -> Callable[[Request], Response]:
    def metrics(_request: Request) -> Response:
        return Response(exposition(registry), media_type=CONTENT_TYPE_LATEST)

    return metrics


async def _http_problem(forms: ErrorForms, request: Request, error: Exception) -> Response:
    """Answer what the router raises (404, 405, …) as a problem."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(getattr(error, "headers", None) or {})
    if status == HTTPStatus.NOT_FOUND:
        told: PinakesError = NotFound(f"There is nothing at {request.url.path}.")
    else:
        told = InvalidRequest(f"{request.method} {request.url.path}: {HTTPStatus(status).phrase}.")
    request_id = request.state.request_id
    response = forms.response(told, path=request.url.path, request_id=request_id, status=status)
    response.headers.update(headers)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["allow"] = ", ".join(_methods(request))
    return response


def _methods(request: Request) -> list[str]:
    """Methods that the path takes, of whichever route; the router itself names those of the first."""
    taken = [
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
    return ["GET", "HEAD", *taken[1:]] if "GET" in taken else taken  # the `Door` makes the one of the other


async def _validation_problem(forms: ErrorForms, request: Request, error: Exception) -> Response:
    """Answer parameters that do not fit their schema with 422, naming each."""
    entries = error.errors() if isinstance(error, RequestValidationError) else []
    told = "; ".join(f"{'.'.join(str(step) for step in entry['loc'])}: {entry['msg']}" for entry in entries)
    return forms.response(
        InvalidRequest(told or "The request is malformed."),
        path=request.url.path,
        request_id=request.state.request_id,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )
