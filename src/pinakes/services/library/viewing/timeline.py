"""The library by date: how many pictures each month has, and what a grid of one month needs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from pinakes.schemas.viewing import MonthPage, Timeline
from pinakes.services.http.answers import Json
from pinakes.services.library.viewing import grid
from pinakes.services.opened import Library

#: Pictures of one page of a month.
MOST = 2000

#: Offset beyond every library.
_FARTHEST = 2**40

#: Of which pictures is asked.
Folder = Annotated[
    str | None, Query(description="Only what lies below this absolute folder.", max_length=4096)
]


def timeline_routes(library: Library) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/timeline", tags=["pictures"])

    @router.get("", response_model=Timeline, summary="Months, newest first, with their numbers of pictures")
    def months(folder: Folder = None) -> Response:
        """`ratios` is the sum of width by height, from which the height of a justified grid follows."""
        with library.reading() as connection:
            found = grid.every_month(connection, folder)
        return Json({"months": found, "count": sum(entry["count"] for entry in found)})

    @router.get("/{month}", response_model=MonthPage, summary="Pictures of a month, newest first")
    def one(
        month: str,
        folder: Folder = None,
        offset: Annotated[int, Query(ge=0, le=_FARTHEST)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    ) -> Response:
        """Answer columns, one entry a picture: a month of a hundred thousand stays small on the wire."""
        with library.reading() as connection:
            return Json(grid.page(connection, month, folder, offset, limit))

    return router
