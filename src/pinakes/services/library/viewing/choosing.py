"""Where pictures are in the timeline, and which ones lie between two places of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest, WrongState
from pinakes.db.tables import shown
from pinakes.schemas.choosing import (
    MOST_CHOSEN,
    ChosenAssets,
    ChosenInterval,
    ChosenRequest,
    PlaceInTimeline,
)
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.library.viewing import grid
from pinakes.services.library.viewing.stretches import stretch
from pinakes.services.library.viewing.timeline import Folder
from pinakes.services.opened import Library

#: Pictures that are read for nothing rather than asked past: a query costs about as much.
_NEAR = 300


def choosing_routes(library: Library) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/timeline", tags=["pictures"], route_class=BoundedRoute)

    @router.post("/assets", response_model=ChosenAssets, summary="Ids of the pictures in some intervals")
    def chosen(asked: ChosenRequest) -> Response:
        """Answer the ids of at most 10,000 pictures.

        409 where a month has more or fewer pictures by now than when they were chosen: its offsets may mean
        other pictures.
        """
        wanted = sum(interval.end - interval.start for interval in asked.intervals)
        if wanted > MOST_CHOSEN:
            raise InvalidRequest(
                f"{wanted} pictures are too many for one request.",
                remedy=f"Ask for at most {MOST_CHOSEN} at a time.",
            )
        months: dict[str, list[ChosenInterval]] = defaultdict(list)
        for interval in asked.intervals:
            months[interval.month].append(interval)
        with library.reading() as connection:
            found = [
                one
                for month, intervals in months.items()
                for one in _ids(connection, month, asked.folder, intervals)
            ]
        return Json({"assets": found})

    @router.get(
        "/places/{asset}", response_model=PlaceInTimeline, summary="Where a picture is in the timeline"
    )
    def place(asset: Annotated[int, Path(ge=0, lt=2**63)], folder: Folder = None) -> Response:
        """Answer the month of a picture and how many of it, below `folder` if given, come before."""
        with library.reading() as connection:
            month, offset = grid.place(connection, asset, folder)
        return Json({"month": month, "offset": offset})

    return router


def _ids(
    connection: Connection, month: str, folder: str | None, intervals: Sequence[ChosenInterval]
) -> Iterator[int]:
    """Ids of the pictures of one month.

    Raises:
        WrongState: the month has another number of pictures than an interval says.
    """
    count = grid.pictures(connection, month, folder)
    if any(interval.count != count for interval in intervals):
        raise WrongState(
            "The library has changed since these pictures were chosen.", remedy="Look, and choose them again."
        )
    for neighbours in _together(sorted(intervals, key=lambda interval: interval.start)):
        first = neighbours[0].start
        found = stretch(connection, month, folder, first, max(one.end for one in neighbours) - first)
        if found is None:
            continue
        ids = list(connection.scalars(found.query.with_only_columns(shown.c.asset)))
        if found.backwards:
            ids.reverse()
        for interval in neighbours:
            yield from ids[interval.start - first : interval.end - first]


def _together(intervals: Sequence[ChosenInterval]) -> Iterator[list[ChosenInterval]]:
    """Ascending intervals in runs of near neighbours."""
    run: list[ChosenInterval] = []
    for interval in intervals:
        if run and interval.start - run[-1].end > _NEAR:
            yield run
            run = []
        run.append(interval)
    if run:
        yield run
