"""Scans over HTTP: start one, follow it, cancel it."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import Response

from pinakes.jobs.job import Job
from pinakes.jobs.runner import Jobs
from pinakes.schemas.scans import ScanJob, ScanJobs, ScanRequest
from pinakes.services.http.answers import MOST_LIMIT, Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import Followers, job_json
from pinakes.services.opened import Library
from pinakes.services.works.scanning import KIND, asked_of


def submit_scan(
    jobs: Jobs, folders: Sequence[str], *, exclude: Sequence[str] = (), include: Sequence[str] = ()
) -> Job:
    """Queue a scan of real, allowed folders."""
    return jobs.submit(KIND, asked_of(folders, exclude, include))


def scan_routes(library: Library, jobs: Jobs, followers: Followers) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/scans", tags=["scans"], route_class=BoundedRoute)

    @router.post("", status_code=202, response_model=ScanJob, summary="Scan folders")
    def start(asked: ScanRequest) -> Response:
        """Queue a scan of `folders`, which must lie in the allowed roots; one scan runs at a time."""
        folders = library.allowed(asked.folders)
        job = submit_scan(jobs, folders, exclude=asked.exclude, include=asked.include)
        return Json(job_json(job), status_code=202, headers={"Location": f"/api/v1/scans/{job.id}"})

    @router.get("", response_model=ScanJobs, summary="The last scans, newest first")
    def every() -> Response:
        """Answer the last thousand; `GET /api/v1/jobs?kind=scan` pages through them."""
        return Json({"scans": [job_json(job) for job in jobs.page(kinds=[KIND], limit=MOST_LIMIT)]})

    @router.get("/{name}", response_model=ScanJob, summary="How far a scan is")
    def one(name: str) -> Response:
        return Json(job_json(jobs.get(name, KIND)))

    @router.get("/{name}/events", summary="Follow a scan as server-sent events", response_class=Response)
    def events(name: str) -> Response:
        """Send the scan as a `progress` event now and with each change, and as `end` when it has ended."""
        return followers.response(jobs.get(name, KIND))

    @router.post("/{name}/cancel", response_model=ScanJob, summary="Cancel a scan")
    @router.delete("/{name}", response_model=ScanJob, summary="Cancel a scan")
    def cancel(name: str) -> Response:
        """End the scan soon; what it stored stays, and the next scan goes on from there."""
        return Json(job_json(jobs.cancel(jobs.get(name, KIND).id)))

    return router
