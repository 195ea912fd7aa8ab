"""Indexes over HTTP: list them, build one, compare, and have it answer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from pinakes.jobs.runner import Jobs
from pinakes.schemas.switching import (
    BuildRequest,
    CompareRequest,
    ComparisonAnswer,
    IndexJob,
    IndexList,
    IndexState,
    UseRequest,
)
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import job_json
from pinakes.services.opened import Library
from pinakes.services.switching.switching import Switching
from pinakes.services.works.reindexing import KIND, asked_of


def switching_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the routes over an open library and its jobs, without a prefix."""
    router = APIRouter(prefix="/indexes", tags=["indexes"], route_class=BoundedRoute)
    switching = Switching(library)

    @router.get("", response_model=IndexList, summary="The indexes, one for each model and revision")
    def every() -> Response:
        return Json({"indexes": switching.listed()})

    @router.post("", status_code=202, response_model=IndexJob, summary="Build an index with a model")
    def build(asked: BuildRequest) -> Response:
        """Queue the embedding of what the index lacks; the one that answers goes on answering.

        `GET /jobs/{id}` and `/jobs/{id}/events` tell how far it is.
        """
        job = jobs.submit(KIND, asked_of(asked.model, again=asked.again), once=True)
        return Json(job_json(job), status_code=202, headers={"Location": f"/api/v1/jobs/{job.id}"})

    @router.post("/compare", response_model=ComparisonAnswer, summary="How answers would change")
    def compare(asked: CompareRequest) -> Response:
        """Answer given lines and past searches with both indexes, by what pictures show alone."""
        return Json(switching.compared(asked.index, asked.queries, past=asked.past, limit=asked.limit))

    @router.post("/use", response_model=IndexState, summary="Have an index answer")
    def use(asked: UseRequest) -> Response:
        """Cut over: searches that begin later are answered by this index alone."""
        found = switching.use(asked.index, incomplete=asked.incomplete)
        # What was ingested while the index was built is in the one before only.
        jobs.submit(KIND, asked_of(f"{found['model']}@{found['revision']}"), once=True)
        return Json(found)

    @router.post("/back", response_model=IndexState, summary="Have the index answer that did before")
    def back() -> Response:
        found = switching.back()
        jobs.submit(KIND, asked_of(f"{found['model']}@{found['revision']}"), once=True)
        return Json(found)

    @router.delete("/{name}", response_model=IndexState, summary="Forget an index with its vectors")
    def drop(name: str) -> Response:
        """Refused for the index that answers; stored embeddings stay, so building it again is quick."""
        return Json(switching.drop(name))

    return router
