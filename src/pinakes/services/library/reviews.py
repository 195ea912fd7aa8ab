"""Reviews over HTTP: search for duplicates, and follow the search."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from pinakes.core.errors import NotFound
from pinakes.db.tables import reviews as review_rows
from pinakes.duplicates import keeper, presets, reviews
from pinakes.duplicates.finder import DEFAULT_TIERS, Question, parse_tiers
from pinakes.jobs.job import Job
from pinakes.jobs.runner import Jobs
from pinakes.schemas.duplicates import ReviewRequest, ReviewState, ReviewStates
from pinakes.services.http.answers import MOST_LIMIT, Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import Followers, job_json
from pinakes.services.opened import Library
from pinakes.services.works.reviewing import KIND, asked_of


def submit_review(jobs: Jobs, question: Question) -> Job:
    """Queue the search that answers a question; one that is queued or runs already is not doubled."""
    return jobs.submit(KIND, asked_of(question), reviews.review_id(question))


def review_routes(library: Library, jobs: Jobs, followers: Followers) -> APIRouter:
    """Make the routes."""
    router = APIRouter(tags=["duplicates"], route_class=BoundedRoute)

    @router.post("/reviews", status_code=202, response_model=ReviewState, summary="Search for duplicates")
    def start(asked: ReviewRequest) -> Response:
        """Queue a search among what the last scans of `folders` stored; the same question keeps its id."""
        job = submit_review(jobs, question_of(library, asked))
        location = {"Location": f"/api/v1/reviews/{job.id}"}
        return Json(review_json(library, jobs, job.id), status_code=202, headers=location)

    @router.get("/reviews", response_model=ReviewStates, summary="Reviews, newest first")
    def every() -> Response:
        with library.reading() as connection:
            query = select(review_rows.c.id).order_by(review_rows.c.made_at.desc()).limit(MOST_LIMIT)
            names = connection.scalars(query).all()
        made = (job.id for job in jobs.page(kinds=[KIND], limit=MOST_LIMIT))
        known = dict.fromkeys((*made, *names))
        return Json({"reviews": [review_json(library, jobs, name) for name in known]})

    @router.get("/reviews/{name}", response_model=ReviewState, summary="How far a review is, and its counts")
    def one(name: str) -> Response:
        return Json(review_json(library, jobs, name))

    @router.get("/reviews/{name}/events", summary="Follow a search", response_class=Response)
    def events(name: str) -> Response:
        """Send the job as a `progress` event now and with each change, and as `end` when it has ended."""
        return followers.response(jobs.get(name, KIND))

    @router.post("/reviews/{name}/cancel", response_model=ReviewState, summary="Cancel a search")
    def cancel(name: str) -> Response:
        """End the search soon; what it computed is kept, and the next search goes on from there."""
        jobs.cancel(jobs.get(name, KIND).id)
        return Json(review_json(library, jobs, name))

    return router


def question_of(library: Library, asked: ReviewRequest) -> Question:
    """Turn a request into the question that the finder takes.

    Raises:
        InvalidRequest: a tier, preset or rule is none that is known.
        Forbidden, FolderUnreadable: a folder may not or cannot be read.
    """
    return Question(
        folders=library.allowed(asked.folders),
        tiers=parse_tiers(",".join(asked.tiers)) if asked.tiers else DEFAULT_TIERS,
        presets=presets.parse(asked.preset),
        rules=keeper.parse_rules(",".join(asked.rules)) if asked.rules else keeper.DEFAULT_RULES,
        references=library.allowed(asked.references) if asked.references else (),
    )


def review_json(library: Library, jobs: Jobs, name: str) -> dict[str, Any]:
    """A review as it is stored, and the job that makes it anew, where there is one.

    Raises:
        NotFound: there is neither.
    """
    job = jobs.find(name, KIND)
    stored = None if job is not None and not _is_stored(library, name) else _stored(library, name)
    nothing = {"made_at": None, "scope": None, "counts": None, "stacks": None}
    return {"id": name, **(stored or nothing), "job": None if job is None else job_json(job)}


def _is_stored(library: Library, name: str) -> bool:
    with library.reading() as connection:
        return connection.scalar(select(review_rows.c.id).where(review_rows.c.id == name)) is not None


def _stored(library: Library, name: str) -> dict[str, Any]:
    columns = (review_rows.c.made_at, review_rows.c.scope, review_rows.c.counts, review_rows.c.stacks)
    with library.reading() as connection:
        row = connection.execute(select(*columns).where(review_rows.c.id == name)).mappings().first()
    if row is None:
        raise NotFound(f"There is no review {name!a}.", remedy="POST /api/v1/reviews makes one.")
    return dict(row)
