"""All paths of the application, under /api/v1 but for the health, the metrics and the index page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from pinakes.images.processes import Workers
from pinakes.schemas.problem import PROBLEM_MEDIA_TYPE, Problem
from pinakes.services.library.contents import content_routes
from pinakes.services.library.index import index_routes
from pinakes.services.library.jobs import Jobs
from pinakes.services.library.resolutions import resolution_routes
from pinakes.services.library.reviews import review_routes
from pinakes.services.library.scans import scan_routes
from pinakes.services.opened import Library

_PROBLEM: dict[str, Any] = {
    "model": Problem,
    "description": "What is wrong, and what to do about it (RFC 9457).",
    "content": {PROBLEM_MEDIA_TYPE: {}},
}


def routes(library: Library, jobs: Jobs, workers: Workers) -> APIRouter:
    """Make the routes over an open library, its jobs, and the processes that decode for a request."""
    router = APIRouter()

    @router.head("/health", include_in_schema=False)
    @router.get("/health", summary="Can it serve?")
    async def health() -> Response:
        if jobs.closing:
            return JSONResponse({"status": "draining"}, status_code=503, headers={"Retry-After": "1"})
        return JSONResponse({"status": "healthy"})

    api = APIRouter(prefix="/api/v1", responses={"4XX": _PROBLEM, "5XX": _PROBLEM})
    for part in (
        scan_routes(library, jobs),
        review_routes(library, jobs),
        resolution_routes(library),
        content_routes(library, workers),
    ):
        api.include_router(part)
    router.include_router(api)
    router.include_router(index_routes(library, jobs))
    return router
