"""The folders that may be looked at, and how much is in each."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import func, select
from starlette.responses import Response

from pinakes.db.paths import below
from pinakes.db.tables import assets
from pinakes.schemas.viewing import FolderList
from pinakes.services.answers import Json
from pinakes.services.opened import Library


def folder_routes(library: Library) -> APIRouter:
    """Make the route."""
    router = APIRouter(tags=["pictures"])

    @router.get("/folders", response_model=FolderList, summary="Folders that may be scanned, with counts")
    def folders() -> Response:
        columns = (func.count(), func.coalesce(func.sum(assets.c.bytes), 0))
        stored = select(*columns).where(assets.c.outcome == "stored", ~assets.c.missing)
        with library.reading() as connection:
            found = [(root, connection.execute(stored.where(below((root,)))).one()) for root in library.roots]
        listed = [{"path": root, "pictures": row[0], "bytes": row[1]} for root, row in found]
        return Json({"folders": listed})

    return router
