"""Routes about jobs of every kind: list them, look at one, follow it, and have it stop or go on."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest
from pinakes.jobs.job import Job, State
from pinakes.jobs.runner import Jobs
from pinakes.schemas.jobs import AnyJob, JobPage
from pinakes.schemas.problem import PROBLEM_MEDIA_TYPE, Problem
from pinakes.services.http.answers import DEFAULT_LIMIT, MOST_LIMIT, Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import Followers, brief_json, job_json


def problem(description: str) -> dict[str, Any]:
    """A documented answer that is a problem."""
    return {"model": Problem, "description": description, "content": {PROBLEM_MEDIA_TYPE: {}}}


#: What any route of a service may answer.
COMMON: dict[int | str, dict[str, Any]] = {
    401: problem("The service needs a key."),
    403: problem("The key, the host name or the page does not allow this."),
    422: problem("The request does not fit its schema."),
    503: problem("The service shuts down, or a part of it is away."),
}

#: What a route about one job may answer besides the job.
UNKNOWN: dict[int | str, dict[str, Any]] = {404: problem("There is no such job, or it ended long ago.")}

#: What a stream may answer instead of events.
CROWDED: dict[int | str, dict[str, Any]] = {429: problem("Too many streams are open.")}

#: What a route that steers a job may answer besides the job.
STEERED: dict[int | str, dict[str, Any]] = {
    **UNKNOWN,
    409: problem("The job is in no state for that."),
    429: problem("Too many jobs wait."),
}


def job_routes(jobs: Jobs, followers: Followers) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/jobs", tags=["jobs"], route_class=BoundedRoute)

    @router.get("", response_model=JobPage, summary="Jobs, newest first")
    def every(
        kind: Annotated[list[str] | None, Query(max_length=20)] = None,
        state: Annotated[list[State] | None, Query(max_length=10)] = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
        brief: Annotated[bool, Query(description="Leave out long lists, as of refused files.")] = False,
    ) -> Response:
        """Answer the next `limit` jobs after `cursor`, of some kinds and states or of all."""
        say = brief_json if brief else job_json
        before = None if cursor is None else _place_of(cursor)
        found = jobs.page(limit=limit + 1, kinds=kind or (), states=state or (), before=before)
        following = _cursor_of(found[limit - 1]) if len(found) > limit else None
        return Json({"jobs": [say(job) for job in found[:limit]], "next": following})

    @router.get("/events", responses=CROWDED, summary="Follow all jobs", response_class=Response)
    def all_events() -> Response:
        """Send `jobs` with those that have not ended, then each that changes as `progress` or as `end`.

        A `beat` says every few seconds that the stream lives. One stream for however many jobs: a browser
        holds few connections open. Long lists are left out.
        """
        return followers.response_of_all()

    @router.get("/{name}", response_model=AnyJob, responses=UNKNOWN, summary="How far a job is")
    def one(name: str) -> Response:
        return Json(job_json(jobs.get(name)))

    @router.get("/{name}/events", responses=UNKNOWN, summary="Follow a job", response_class=Response)
    def events(name: str) -> Response:
        """Send the job as a `progress` event now and with each change, and as `end` when it has ended."""
        return followers.response(jobs.get(name))

    steering: tuple[tuple[str, Callable[[str], Job], str], ...] = (
        ("cancel", jobs.cancel, "End a job soon; what it stored stays. One that has ended stays as it is."),
        ("pause", jobs.pause, "Stop a job until it is resumed, also over a restart of the service."),
        ("resume", jobs.resume, "Have a job that was paused, cancelled or failed go on where it was."),
        ("retry", jobs.retry, "Run a job that has ended again, with what was refused in it tried again."),
    )
    for verb, act, promise in steering:
        _add_verb(router, verb, act, promise)
    return router


def _add_verb(router: APIRouter, verb: str, act: Callable[[str], Job], promise: str) -> None:
    def steer(name: str) -> Response:
        return Json(job_json(act(name)))

    router.add_api_route(
        f"/{{name}}/{verb}",
        steer,
        methods=["POST"],
        name=verb,
        response_model=AnyJob,
        responses=STEERED,
        summary=f"{verb.capitalize()} a job",
        description=promise,
    )


def _cursor_of(job: Job) -> str:
    return base64.urlsafe_b64encode(json.dumps([job.created_at, job.id]).encode()).decode()


def _place_of(cursor: str) -> tuple[float, str]:
    try:
        created_at, name = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        return float(created_at), str(name)
    except (ValueError, TypeError) as error:
        raise InvalidRequest(
            "The cursor is none.", remedy="Use the `next` of the page before, or none."
        ) from error
