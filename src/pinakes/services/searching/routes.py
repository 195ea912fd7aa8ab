"""Searching over HTTP: by a line of the language, by terms and pictures, by likeness to one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from pinakes.images.processes import Workers
from pinakes.schemas.search import (
    DEFAULT_LIMIT,
    LONGEST_IN_ADDRESS,
    MOST_LIMIT,
    PastSearches,
    SearchAnswer,
    SearchOutline,
    SearchRequest,
    Suggestions,
)
from pinakes.search.language import Suggestion, help_page, suggestions
from pinakes.search.library.history import forget, remembered
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.opened import Library
from pinakes.services.searching.asking import Asking
from pinakes.services.searching.openapi import BODY
from pinakes.services.searching.pictures import kept_picture_routes
from pinakes.services.searching.uploads import read_search

_Line = Annotated[str, Query(max_length=LONGEST_IN_ADDRESS, description="A line of the query language.")]
_Limit = Annotated[int, Query(ge=1, le=MOST_LIMIT, description="Hits of a page.")]
_Offset = Annotated[int, Query(ge=0, description="Hits before the page.")]
_Asset = Annotated[int, Path(ge=0, le=2**53, description="Number of an asset.")]
_By = Annotated[
    Literal["all", "meaning", "words"],
    Query(description="Go by what pictures show, by the words known of them, or by both."),
]


def _inlined(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema with what it refers to put in its place: a description has no `$defs` of its own."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def put(part: Any) -> Any:
        if isinstance(part, list):
            return [put(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return put(definitions[part["$ref"].rpartition("/")[2]])
        return {name: put(value) for name, value in part.items()}

    inlined: dict[str, Any] = put(schema)
    return inlined


class Markdown(Response):
    """A page in Markdown, UTF-8."""

    media_type = "text/markdown"


def search_routes(library: Library, workers: Workers | None = None) -> APIRouter:
    """Make the routes over an open library, without a prefix.

    `workers` cut regions out of pictures; without them this process does.
    """
    router = APIRouter(tags=["search"], route_class=BoundedRoute)
    asking = Asking(library, workers)

    @router.get("/search", response_model=SearchAnswer, summary="Search by a line of words and conditions")
    def search(
        q: _Line = "", limit: _Limit = DEFAULT_LIMIT, offset: _Offset = 0, by: _By = "all"
    ) -> Response:
        """Answer what the line asks for, best first; an empty line lists all pictures, newest first."""
        return Json(asking.answered(SearchRequest(q=q, limit=limit, offset=offset, by=by)))

    @router.post(
        "/search",
        response_model=SearchAnswer,
        summary="Search by terms and pictures",
        openapi_extra=BODY,
    )
    async def search_by_terms(request: Request) -> Response:
        """Answer what a line and terms with plus, minus and weights ask for together."""
        asked, files = await read_search(request, library.settings.images)
        return Json(await run_in_threadpool(asking.answered, asked, files))

    @router.get("/assets/{asset}/similar", response_model=SearchAnswer, summary="Pictures like one")
    def similar(asset: _Asset, q: _Line = "", limit: _Limit = DEFAULT_LIMIT, offset: _Offset = 0) -> Response:
        """Answer the pictures most alike an asset, under the conditions of a line."""
        return Json(asking.similar(asset, q, limit=limit, offset=offset))

    @router.get("/search/help", summary="The query language", response_class=Markdown)
    def language() -> Response:
        """Answer a page about the language, in Markdown."""
        return Markdown(help_page())

    @router.get("/search/suggestions", response_model=Suggestions, summary="Ways to go on typing")
    def complete(
        q: _Line = "", cursor: Annotated[int | None, Query(ge=0, le=LONGEST_IN_ADDRESS)] = None
    ) -> Response:
        """Answer fields, and values that the library holds, that fit what stands before the cursor."""
        at = len(q) if cursor is None else min(cursor, len(q))
        return Json({"suggestions": _told(suggestions(q, at, asking.known))})

    @router.get("/search/outline", response_model=SearchOutline, summary="The parts of a line")
    def parts(q: _Line = "") -> Response:
        """Answer the words, pictures and conditions of a line, each with what is left without it."""
        return Json({"parts": asking.outline(q)})

    @router.get("/search/past", response_model=PastSearches, summary="Past searches, newest first")
    def past(limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = 20) -> Response:
        """Answer the lines of searches that were made here; they leave this machine for nowhere."""
        return Json({"searches": remembered(library.engine, limit)})

    @router.delete("/search/past", status_code=204, summary="Forget past searches")
    def forget_past() -> Response:
        """Forget the lines of all searches that were made here."""
        forget(library.engine)
        return Response(status_code=204)

    router.include_router(kept_picture_routes(library, asking.kept, workers))
    return router


def _told(found: Sequence[Suggestion]) -> list[dict[str, Any]]:
    return [asdict(each) for each in found]
