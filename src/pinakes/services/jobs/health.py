"""Whether a service that runs jobs can serve."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from pinakes.jobs.runner import Jobs


def health_routes(jobs: Jobs) -> APIRouter:
    """Make the route."""
    router = APIRouter()

    @router.head("/health", include_in_schema=False)
    @router.get("/health", summary="Can it serve?", responses={503: {"description": "It shuts down."}})
    async def health() -> Response:
        if jobs.closing:
            return JSONResponse({"status": "draining"}, status_code=503, headers={"Retry-After": "1"})
        return JSONResponse({"status": "healthy"})

    return router
