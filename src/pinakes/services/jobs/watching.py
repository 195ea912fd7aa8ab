"""Choosing over HTTP which folders are watched."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from pinakes.schemas.folders import WatchedFolder, WatchRequest
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.routes import COMMON, problem
from pinakes.services.opened import Library
from pinakes.services.works.watching import Watching

#: What the route may answer besides the folder.
REFUSED: dict[int | str, dict[str, Any]] = {
    **COMMON,
    400: problem("It is no absolute path, or none of the folders that the application was started with."),
    403: problem("It lies outside of the folders that may be scanned."),
}


def watching_routes(library: Library, watching: Watching) -> APIRouter:
    """Make the route, without a prefix."""
    router = APIRouter(tags=["folders"], route_class=BoundedRoute)

    @router.put(
        "/folders/watched",
        response_model=WatchedFolder,
        responses=REFUSED,
        summary="Have a folder watched, or no more",
    )
    def choose(asked: WatchRequest) -> Response:
        """Have what changes in a root taken in as it changes, or no more; kept over a restart.

        A folder that is watched is looked through once at the start. One that is no more may still be
        scanned to the end. `pinakes up --watch` has all of them watched when it starts.
        """
        root = library.within(asked.folder)
        watching.choose(root, watched=asked.watched)
        return Json({"path": root, "watched": watching.manner_in(root)})

    return router
