"""All paths of the ingestion service: those of its contract, and the same under /api/v1."""

from __future__ import annotations

from fastapi import APIRouter

from pinakes.jobs.runner import Jobs
from pinakes.services.jobs.following import Followers
from pinakes.services.jobs.health import health_routes
from pinakes.services.jobs.ingesting import ingest_routes
from pinakes.services.jobs.routes import COMMON, job_routes
from pinakes.services.opened import Library
from pinakes.services.searching.routes import search_routes
from pinakes.services.switching.routes import switching_routes


def routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the routes over an open library and its jobs."""
    router = APIRouter(responses=COMMON)
    router.include_router(health_routes(jobs))
    followers = Followers(jobs)
    router.include_router(ingest_routes(library, jobs, path="/ingest_directory", below=""))
    router.include_router(job_routes(jobs, followers))
    # The application answers these, so that a client need not know which of the two it asks.
    same = APIRouter(prefix="/api/v1")
    same.include_router(ingest_routes(library, jobs))
    same.include_router(job_routes(jobs, followers))
    same.include_router(search_routes(library))
    same.include_router(switching_routes(library, jobs))
    router.include_router(same)
    return router
