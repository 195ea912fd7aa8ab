"""Models over HTTP: what there is and what it takes; getting, loading, measuring and removing them."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter
from starlette.responses import Response

from pinakes.core.errors import PinakesError, WrongState
from pinakes.jobs.job import State
from pinakes.jobs.runner import Jobs
from pinakes.models.store.store import Store
from pinakes.schemas.known_models import LoadedState, ModelJob, ModelShelf, PullRequest, RemovedModel
from pinakes.schemas.models import ModelDetail
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import job_json
from pinakes.services.models.measurements import measurements
from pinakes.services.models.served import served_models
from pinakes.services.models.shelf import shelf
from pinakes.services.opened import Library
from pinakes.services.works import measuring, pulling

#: Most jobs about models that are looked at; far fewer are ever open.
MOST_OPEN = 200

_OPEN = [state for state in State if not state.final]


def model_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the routes over an open library and its jobs, without a prefix."""
    router = APIRouter(prefix="/models", tags=["models"], route_class=BoundedRoute)
    settings = library.settings

    @router.get("", response_model=ModelShelf, summary="Every model that is here or can be had")
    def every() -> Response:
        """Answer what each takes and what state it is in; an inference service that is away is no error."""
        open_jobs = jobs.page(kinds=[pulling.KIND, measuring.KIND], states=_OPEN, limit=MOST_OPEN)
        under_way = {job.about["model"]: job.id for job in open_jobs}
        return Json(shelf(settings, measurements(library.engine), under_way).model_dump())

    @router.post("/pull", status_code=202, response_model=ModelJob, summary="Get a model from the hub")
    def pull(asked: PullRequest) -> Response:
        """Queue its download; what arrived is kept when it ends early, and the next goes on from there."""
        return _accepted(jobs, pulling.KIND, pulling.asked_of(asked.model))

    @router.post("/{name}/measure", status_code=202, response_model=ModelJob, summary="Measure a model")
    def measure(name: str) -> Response:
        """Queue a measurement where it is served: loading, pictures, words and memory; it is bounded."""
        with served_models(settings.client) as served:
            found = served.detail(name)
        return _accepted(jobs, measuring.KIND, measuring.asked_of(found.name))

    @router.post("/{name}/load", status_code=202, response_model=LoadedState, summary="Load a model")
    def load(name: str) -> LoadedState:
        """Have the inference service load it; `GET /models` says how that goes."""
        with served_models(settings.client) as served:
            return _loaded(served.load(name))

    @router.post("/{name}/unload", status_code=202, response_model=LoadedState, summary="Unload a model")
    def unload(name: str) -> LoadedState:
        """Have the inference service give its memory back; it is loaded again when somebody asks for it."""
        with served_models(settings.client) as served:
            return _loaded(served.unload(name))

    @router.delete("/{name}", response_model=RemovedModel, summary="Remove a model from this machine")
    def remove(name: str) -> RemovedModel:
        """Refused for the model of the index that answers; embeddings made with it stay in the library."""
        store = Store(settings.models_directory)
        found = store.find(name)
        _spare(library, found.name)
        with suppress(PinakesError), served_models(settings.client) as served:
            served.unload(found.name)
        gone = store.remove(found.name)
        return RemovedModel(
            name=found.name,
            revisions=[each.revision for each in gone],
            bytes=sum(each.nbytes for each in gone),
        )

    return router


def _accepted(jobs: Jobs, kind: str, about: dict[str, str]) -> Response:
    job = jobs.submit(kind, about, once=True)
    return Json(job_json(job), status_code=202, headers={"Location": f"/api/v1/jobs/{job.id}"})


def _loaded(detail: ModelDetail) -> LoadedState:
    return LoadedState(name=detail.name, state=detail.state, failure=detail.failure)


def _spare(library: Library, name: str) -> None:
    """Refuse to take away the model that searches are answered with."""
    collection = library.index.collection()
    if collection is not None and collection.identity.name == name:
        raise WrongState(
            f"Searches are answered with {name}.",
            remedy="Have another model's index answer first: `pinakes index use MODEL`.",
        )
