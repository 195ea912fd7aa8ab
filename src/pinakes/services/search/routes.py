"""The paths of the search service, as its contract has them; what they do is `search.shared`'s."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.core.settings import SearchSettings
from pinakes.schemas.problem import PROBLEM_MEDIA_TYPE, Problem
from pinakes.schemas.shared_search import (
    ImagesDeleted,
    ImagesEmbedded,
    ImagesToDelete,
    ImagesToEmbed,
    IndexDeleted,
    IndexMade,
    IndexNamed,
    IndexReindexed,
    IndexToReindex,
    SharedSearchAnswer,
    SharedSearchAsked,
)
from pinakes.search.shared.shared_search import SharedSearch
from pinakes.search.shared.writing import check_numbers
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.search import wire
from pinakes.services.search.admission import Room
from pinakes.services.search.metrics import SharedMetrics
from pinakes.services.search.opening import Opening

#: What a caller that comes before the model is told to wait, seconds.
RETRY_SECONDS = 1

_PROBLEM: dict[str, Any] = {
    "model": Problem,
    "description": "What is wrong, and what to do about it (RFC 9457).",
    "content": {PROBLEM_MEDIA_TYPE: {}},
}

_PROBLEMS: dict[int | str, dict[str, Any]] = {"4XX": _PROBLEM, "5XX": _PROBLEM}


def health_routes(opening: Opening, rooms: tuple[Room, ...]) -> APIRouter:
    """Make the route that says whether the service can serve."""
    router = APIRouter()

    @router.get("/health", summary="Can it serve?")
    async def health() -> Response:
        """Answer 200 `{"status": "healthy"}` once a model can serve, and 503 before and while it ends."""
        if any(room.draining for room in rooms):
            status = {"status": "draining"}
        elif opening.ready:
            return JSONResponse({"status": "healthy"})
        else:
            status = {"status": "loading", **({"detail": opening.problem} if opening.problem else {})}
        return JSONResponse(status, status_code=503, headers={"Retry-After": f"{RETRY_SECONDS}"})

    return router


def index_routes(shared: SharedSearch, changes: Room) -> APIRouter:
    """Make the routes that make and delete indexes."""
    router = APIRouter(tags=["indexes"], route_class=BoundedRoute, responses=_PROBLEMS)

    @router.post("/create-index", summary="Make an index")
    async def create(asked: IndexNamed, request: Request) -> IndexMade:
        """Make an index for a folder; one that is there stays as it is."""
        place = wire.place(request.state.key, asked)
        made = await changes.run(lambda: shared.writer.create(place))
        return IndexMade(user_id=asked.user_id, folder_id=asked.folder_id, created=made)

    async def deleted(asked: IndexNamed, request: Request) -> IndexDeleted:
        place = wire.place(request.state.key, asked)
        gone = await changes.run(lambda: shared.writer.delete(place))
        return IndexDeleted(user_id=asked.user_id, folder_id=asked.folder_id, deleted=gone)

    @router.post("/delete-index", summary="Delete an index")
    async def delete_by_post(asked: IndexNamed, request: Request) -> IndexDeleted:
        """Forget a folder's index with all its images; files stay. Deleting what is not there is no error."""
        return await deleted(asked, request)

    @router.delete("/delete-index", summary="Delete an index")
    async def delete(
        request: Request,
        asked: IndexNamed | None = None,
        user_id: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
        folder_id: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    ) -> IndexDeleted:
        """As by POST; a client that cannot send a body with DELETE names the index in the query instead."""
        if asked is None and user_id is not None and folder_id is not None:
            asked = IndexNamed(user_id=user_id, folder_id=folder_id)
        if asked is None:
            raise InvalidRequest("Name the index by `user_id` and `folder_id`, in the body or in the query.")
        return await deleted(asked, request)

    return router


def image_routes(
    shared: SharedSearch, limits: SearchSettings, embeds: Room, changes: Room, metrics: SharedMetrics
) -> APIRouter:
    """Make the routes that embed and forget images."""
    router = APIRouter(tags=["images"], route_class=BoundedRoute, responses=_PROBLEMS)

    @router.post("/embed-images", summary="Embed images")
    async def embed(asked: ImagesToEmbed, request: Request) -> ImagesEmbedded:
        """Embed files below the image root, and answer when they can be found.

        The index is made where there is none. A bad image fails alone and is reported. An image that is there
        is replaced. Contents that were embedded before are not embedded again, so that a request that
        was broken off can be sent again.
        """
        _check_number(len(asked.images), limits)
        numbers = [each.image_id for each in asked.images]
        check_numbers(numbers)
        place, until = wire.place(request.state.key, asked), time.monotonic() + limits.seconds
        paths = {each.image_id: each.file_path for each in asked.images}
        report = await embeds.run(lambda: shared.writer.embed(place, paths, until=until))
        wire.count(metrics, report)
        return ImagesEmbedded(**wire.report_json(asked, report, shared.model))

    @router.post("/reindex", summary="Embed an index with the present model")
    async def reindex(asked: IndexToReindex, request: Request) -> IndexReindexed:
        """Embed those images of an index that another model embedded, a portion at a time.

        Send the answer's `next` as `after` until it is null.
        """
        place, until = wire.place(request.state.key, asked), time.monotonic() + limits.seconds
        done = await embeds.run(
            lambda: shared.writer.reindex(place, after=asked.after, limit=limits.max_images, until=until)
        )
        wire.count(metrics, done.report)
        return IndexReindexed(**wire.report_json(asked, done.report, shared.model), next=done.after)

    @router.post("/delete-images", summary="Forget images")
    async def delete(asked: ImagesToDelete, request: Request) -> ImagesDeleted:
        """Forget images of an index; files stay. Forgetting what is not there is no error."""
        _check_number(len(asked.image_ids), limits)
        place = wire.place(request.state.key, asked)
        gone = await changes.run(lambda: shared.writer.delete_images(place, asked.image_ids))
        return ImagesDeleted(user_id=asked.user_id, folder_id=asked.folder_id, deleted=gone)

    return router


def search_routes(shared: SharedSearch, searches: Room, metrics: SharedMetrics) -> APIRouter:
    """Make the route that searches."""
    router = APIRouter(tags=["search"], route_class=BoundedRoute, responses=_PROBLEMS)

    @router.post("/search", summary="Search folders")
    async def search(asked: SharedSearchAsked, request: Request) -> SharedSearchAnswer:
        """Answer the images of the folders that fit best, by words or by a picture.

        Only folders in `folder_ids` are looked at, and of these only indexes of the owner that
        `folder_owner_map` names, or of `user_id` where it names none; whether that user may see them is for
        the caller to know. With a model that knows no words, words are looked for in the names of files.
        """
        question = wire.question(request.state.key, asked)
        answer = await searches.run(lambda: shared.search(question))
        metrics.hits.inc(len(answer.hits))
        return wire.answer(answer)

    return router


def _check_number(images: int, limits: SearchSettings) -> None:
    if images > limits.max_images:
        raise TooLarge(
            f"The request names {images:,} images; at most {limits.max_images:,} are taken.",
            remedy="Send them in several requests.",
        )
