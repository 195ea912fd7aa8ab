"""Several months of a few pictures at once, as a grid joins them in its rows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from pinakes.schemas.viewing import MonthPage
from pinakes.services.http.answers import Json
from pinakes.services.library.viewing import grid
from pinakes.services.library.viewing.timeline import Folder
from pinakes.services.opened import Library

#: Pictures of one answer.
MOST = 500


def span_routes(library: Library) -> APIRouter:
    """Make the route; it comes before that of a month."""
    router = APIRouter(prefix="/timeline", tags=["pictures"])

    @router.get("/span", response_model=MonthPage, summary="Pictures of neighbouring months, newest first")
    def span(
        newest: str,
        oldest: str,
        folder: Folder = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    ) -> Response:
        """Answer the first `limit` pictures from the end of one month back to the begin of another."""
        with library.reading() as connection:
            return Json(grid.span(connection, newest, oldest, folder, limit))

    return router
