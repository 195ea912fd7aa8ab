"""Starting an ingestion over HTTP."""

from __future__ import annotations

import os
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest
from pinakes.jobs.job import Job
from pinakes.jobs.runner import Jobs
from pinakes.schemas.jobs import IngestRequest, IngestStarted
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import job_json
from pinakes.services.jobs.routes import problem
from pinakes.services.opened import Library
from pinakes.services.works.ingesting import KIND, asked_of

#: What an ingestion may answer besides the job.
REFUSED: dict[int | str, dict[str, Any]] = {
    400: problem("The directory's name is none."),
    403: problem("The directory is outside of the allowed folders."),
    422: problem("The directory is not there, is no directory, cannot be read, or loops."),
    429: problem("Too many jobs wait."),
}


def ingest_routes(
    library: Library, jobs: Jobs, *, path: str = "/ingest", below: str = "/api/v1"
) -> APIRouter:
    """Make the route at `path`; jobs are found `below` which prefix."""
    router = APIRouter(tags=["ingest"], route_class=BoundedRoute)

    @router.post(
        path, status_code=202, response_model=IngestStarted, responses=REFUSED, summary="Ingest a directory"
    )
    def start(asked: IngestRequest) -> Response:
        """Queue the ingestion of a directory and answer at once.

        Its pictures are scanned, embedded, described where a model can, and put where searches find them. The
        same directory asked for again before its job has begun, or while that is paused, is the same job.
        """
        folders = library.allowed([absolute(asked.directory)])
        about = asked_of(
            folders,
            caption=asked.caption,
            exclude=asked.exclude,
            include=asked.include,
            only=library.allowed(asked.only) if asked.only else (),
            rest_seconds=asked.rest_seconds,
        )
        job = jobs.submit(KIND, about, once=True)
        return Json(started_json(job, below), status_code=202, headers={"Location": f"{below}/jobs/{job.id}"})

    return router


def absolute(directory: str) -> str:
    """The directory from the working directory on, where it is relative; nothing is looked up.

    Raises:
        InvalidRequest: no directory can have that name.
    """
    if not directory or "\0" in directory:
        raise InvalidRequest("The name of the directory is none.", remedy="Name one, as ./photos.")
    return os.path.abspath(directory)  # noqa: PTH100 - a link is for the check of the roots to follow


def started_json(job: Job, below: str) -> dict[str, Any]:
    """What is answered at once, with where to go on."""
    base = f"{below}/jobs/{job.id}"
    verbs = {verb: f"{base}/{verb}" for verb in ("events", "cancel", "pause", "resume", "retry")}
    return {**job_json(job), "job_id": job.id, "status": job.state.value, "urls": {"job": base, **verbs}}
