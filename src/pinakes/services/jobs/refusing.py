"""Routes about what a job refused: how much of what, which files, and trying these again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from pinakes.core.errors import NotFound
from pinakes.jobs.runner import Jobs
from pinakes.schemas.jobs import IngestStarted, RefusalPage, RefusalReasons, RetryRefused
from pinakes.services.http.answers import DEFAULT_LIMIT, MOST_LIMIT, Json, cursor_of, path_of
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.ingesting import started_json
from pinakes.services.jobs.refused import TAKING, Refused
from pinakes.services.jobs.routes import UNKNOWN, problem
from pinakes.services.opened import Library
from pinakes.services.works.ingesting import KIND, asked_of

_CROWDED: dict[int | str, dict[str, Any]] = {**UNKNOWN, 429: problem("Too many jobs wait.")}
_Word = Annotated[str, Query(min_length=1, max_length=40)]


def refusal_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/jobs/{name}/refusals", tags=["jobs"], route_class=BoundedRoute)

    @router.get(
        "/reasons", response_model=RefusalReasons, responses=UNKNOWN, summary="What was refused, by reason"
    )
    def reasons(name: str) -> Response:
        """Answer how many files of the job's folders are refused now, by step and reason."""
        refused = Refused(jobs.get(name))
        with library.reading() as connection:
            return Json({"reasons": refused.reasons(connection)})

    @router.get("", response_model=RefusalPage, responses=UNKNOWN, summary="Files refused for one reason")
    def files(
        name: str,
        step: _Word,
        reason: _Word,
        cursor: Annotated[str | None, Query(max_length=20_000)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
    ) -> Response:
        """Answer the next `limit` files after `cursor`, in the order of paths."""
        after = None if cursor is None else path_of(cursor)
        with library.reading() as connection:
            found = Refused(jobs.get(name)).page(connection, step, reason, after=after, limit=limit + 1)
        following = cursor_of(found[limit - 1]["path"]) if len(found) > limit else None
        return Json({"refusals": found[:limit], "next": following})

    @router.post(
        "/retry",
        status_code=202,
        response_model=IngestStarted,
        responses=_CROWDED,
        summary="Try what was refused again",
    )
    def retry(name: str, asked: RetryRefused) -> Response:
        """Queue an ingestion of the directories that hold such files, which are read anew."""
        job = jobs.get(name)
        refused = Refused(job)
        with library.reading() as connection:
            directories = refused.directories(connection, asked.step, asked.reason)
        if directories == ():
            raise NotFound("No such file of this job is refused now.")
        if asked.step in (None, TAKING):
            with library.engine.begin() as connection:
                refused.forget(connection, asked.reason)
        folders = library.allowed(job.about.get("folders", ()))
        about = {**asked_of(folders, only=directories or ()), "again": True}
        started = jobs.submit(KIND, about, once=True)
        return Json(
            started_json(started, "/api/v1"),
            status_code=202,
            headers={"Location": f"/api/v1/jobs/{started.id}"},
        )

    return router
