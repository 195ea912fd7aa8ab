"""Scans over HTTP: start one, follow it, cancel it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from pinakes.ingest.pipeline import Progress, Scan
from pinakes.ingest.source import Walk
from pinakes.schemas.scans import ScanJob, ScanJobs, ScanRequest
from pinakes.services.library.answers import Json
from pinakes.services.library.bounded import BoundedRoute
from pinakes.services.library.following import Followers, job_json
from pinakes.services.library.jobs import Job, Jobs
from pinakes.services.opened import Library

#: Kind of these jobs.
KIND = "scan"

#: Refused files that an answer lists; `counts` has their number, GET /assets?outcome=refused all of them.
MOST_REFUSED = 1000


def submit_scan(
    library: Library,
    jobs: Jobs,
    folders: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
) -> Job:
    """Queue a scan of real, allowed folders."""
    excluded = (*library.settings.scan.exclude, *exclude)
    walk = Walk(tuple(folders), excluded, tuple(include), (str(library.settings.state.resolve()),))
    settings = library.settings
    scan = Scan(library.engine, library.thumbnails, settings.images, settings.scan_workers)

    def work(job: Job) -> dict[str, Any]:
        def watch(progress: Progress) -> None:
            job.advance("scanning", progress.done, progress.total)

        job.advance("scanning", 0)
        report = scan.run(walk, watch=watch).as_json()
        met = sum(report["counts"].values())
        job.advance("scanned", met, met)
        return {
            "counts": report["counts"],
            "changes": report["changes"],
            "skipped": report["skipped"],
            "refused": report["refused"][:MOST_REFUSED],
        }

    return jobs.submit(Job(secrets.token_hex(8), KIND, {"folders": list(folders)}, work))


def scan_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/scans", tags=["scans"], route_class=BoundedRoute)
    followers = Followers(jobs)

    @router.post("", status_code=202, response_model=ScanJob, summary="Scan folders")
    def start(asked: ScanRequest) -> Response:
        """Queue a scan of `folders`, which must lie in the allowed roots; one scan runs at a time."""
        folders = library.allowed(asked.folders)
        job = submit_scan(library, jobs, folders, exclude=asked.exclude, include=asked.include)
        return Json(job_json(job), status_code=202, headers={"Location": f"/api/v1/scans/{job.id}"})

    @router.get("", response_model=ScanJobs, summary="Scans since the service started, newest first")
    def every() -> Response:
        return Json({"scans": [job_json(job) for job in jobs.all(KIND)]})

    @router.get("/{name}", response_model=ScanJob, summary="How far a scan is")
    def one(name: str) -> Response:
        return Json(job_json(jobs.get(KIND, name)))

    @router.get("/{name}/events", summary="Follow a scan as server-sent events", response_class=Response)
    async def events(name: str) -> Response:
        """Send the scan as a `progress` event now and with each change, and as `end` when it has ended."""
        stream = followers.follow(jobs.get(KIND, name))
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    @router.post("/{name}/cancel", response_model=ScanJob, summary="Cancel a scan")
    @router.delete("/{name}", response_model=ScanJob, summary="Cancel a scan")
    def cancel(name: str) -> Response:
        """End the scan soon; what it stored stays, and the next scan goes on from there."""
        job = jobs.get(KIND, name)
        jobs.cancel(job)
        return Json(job_json(job))

    return router
