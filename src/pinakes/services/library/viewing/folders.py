"""The folders of the library: how much is in each, whether it is there, and which may be taken in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from pinakes.core.paths import is_under
from pinakes.schemas.folders import FolderList, FolderPage, FolderPlaces, FolderState
from pinakes.services.http.answers import DEFAULT_LIMIT, MOST_LIMIT, Json, cursor_of, path_of
from pinakes.services.jobs.routes import problem
from pinakes.services.library.viewing.folder_counts import Counts
from pinakes.services.library.viewing.folder_places import places_below
from pinakes.services.library.viewing.folder_state import state_of
from pinakes.services.opened import Library
from pinakes.services.works.watching import Watching

#: What a route about one folder may answer besides it.
_ELSEWHERE: dict[int | str, dict[str, Any]] = {
    400: problem("It is no absolute path."),
    403: problem("It lies outside of the folders that may be scanned."),
}

_Folder = Annotated[str, Query(max_length=4096, description="Absolute path.")]


def folder_routes(library: Library, watching: Watching | None = None) -> APIRouter:
    """Make the routes; `watching` is what watches the roots, where something does."""
    router = APIRouter(prefix="/folders", tags=["folders"])
    counts = Counts(library)

    @router.get("", response_model=FolderList, summary="Folders that may be scanned, with counts")
    def roots() -> Response:
        """Answer the roots: those the application was started with, and that of added pictures."""
        tree = counts.now()
        listed = [{**tree.counted(root), "uploads": root == library.uploads} for root in library.roots]
        return Json({"folders": listed})

    @router.get("/tree", response_model=FolderPage, responses=_ELSEWHERE, summary="Folders in a folder")
    def tree(
        under: _Folder,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
    ) -> Response:
        """Answer those that hold pictures at any depth, in the order of names; counts are of all depths.

        Counts may be some seconds old.
        """
        folder = library.within(under)
        found = counts.now().inside(folder, None if cursor is None else path_of(cursor), limit + 1)
        following = cursor_of(found[limit - 1]["path"]) if len(found) > limit else None
        page = {"folder": counts.now().counted(folder), "folders": found[:limit], "next": following}
        return Json({**page, "above": _above(library, folder)})

    @router.get("/state", response_model=FolderState, responses=_ELSEWHERE, summary="How a folder stands")
    def state(folder: _Folder) -> Response:
        """Answer whether it is there, how changes in it are noticed, what is refused, and its last scan."""
        return Json(state_of(library, library.within(folder), watching))

    @router.get("/places", response_model=FolderPlaces, summary="Folders on disk that a path may go on with")
    def places(beginning: Annotated[str, Query(max_length=4096)] = "") -> Response:
        """Answer real folders below the roots whose paths begin so, whether or not the library knows them."""
        return Json(places_below(library, beginning))

    return router


def _above(library: Library, folder: str) -> list[str]:
    """The folders from the root that holds a folder down to the one above it."""
    root = max((root for root in library.roots if is_under(folder, root)), key=len)
    parts = folder[len(root) :].strip("/").split("/")[:-1] if folder != root else []
    steps = [root + "".join(f"/{part}" for part in parts[:count]) for count in range(len(parts) + 1)]
    return steps if folder != root else []
