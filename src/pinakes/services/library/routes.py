"""All paths of the application, under /api/v1 but for the health, the metrics and the index page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from pinakes.images.processes import Workers
from pinakes.jobs.runner import Jobs
from pinakes.schemas.problem import PROBLEM_MEDIA_TYPE, Problem
from pinakes.services.jobs.following import Followers
from pinakes.services.jobs.health import health_routes
from pinakes.services.jobs.ingesting import ingest_routes
from pinakes.services.jobs.refusing import refusal_routes
from pinakes.services.jobs.routes import job_routes
from pinakes.services.library.acts import act_routes
from pinakes.services.library.browsing.routes import browsing_routes
from pinakes.services.library.contents import content_routes
from pinakes.services.library.index import index_routes
from pinakes.services.library.reports import report_routes
from pinakes.services.library.resolutions import resolution_routes
from pinakes.services.library.reviews import review_routes
from pinakes.services.library.rules import rule_routes
from pinakes.services.library.scans import scan_routes
from pinakes.services.library.trash import trash_routes
from pinakes.services.library.uploads.routes import upload_routes
from pinakes.services.mapping.routes import map_routes
from pinakes.services.models.routes import model_routes
from pinakes.services.opened import Library
from pinakes.services.searching.routes import search_routes
from pinakes.services.switching.routes import switching_routes

_PROBLEM: dict[str, Any] = {
    "model": Problem,
    "description": "What is wrong, and what to do about it (RFC 9457).",
    "content": {PROBLEM_MEDIA_TYPE: {}},
}


def routes(library: Library, jobs: Jobs, workers: Workers) -> APIRouter:
    """Make the routes over an open library, its jobs, and the processes that decode for a request."""
    router = APIRouter()

    router.include_router(health_routes(jobs))
    api = APIRouter(prefix="/api/v1", responses={"4XX": _PROBLEM, "5XX": _PROBLEM})
    followers = Followers(jobs)
    for part in (
        job_routes(jobs, followers),
        refusal_routes(library, jobs),
        ingest_routes(library, jobs),
        scan_routes(library, jobs, followers),
        review_routes(library, jobs, followers),
        browsing_routes(library, jobs, workers),
        resolution_routes(library, jobs),
        rule_routes(library),
        act_routes(library, jobs),
        trash_routes(library, jobs),
        content_routes(library, workers),
        upload_routes(library, jobs, workers),
        search_routes(library, workers),
        switching_routes(library, jobs),
        map_routes(library, jobs),
        model_routes(library, jobs),
        report_routes(library),
    ):
        api.include_router(part)
    router.include_router(api)
    router.include_router(index_routes(library, jobs))
    return router
