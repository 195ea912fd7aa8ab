"""Where a file stands in the newest review, and what the journal says was done to it."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import ColumnElement, Connection, Text, cast, func, or_, select
from starlette.responses import Response

from pinakes.core.types import Row
from pinakes.db.tables import groups, journal, reviews
from pinakes.schemas.details import AssetHistory
from pinakes.services.http.answers import Json
from pinakes.services.library.viewing.details import LARGEST, file_of
from pinakes.services.opened import Library

#: Lines of the journal that are looked through, from its end: it has no index by content.
LINES = 100_000

#: Groups and lines that are answered at most.
MOST = 50

_EDIT = ("line", "act", "at", "actor", "event", "verb", "path")


def history_routes(library: Library) -> APIRouter:
    """Make the route."""
    router = APIRouter(tags=["pictures"])

    @router.get("/assets/{asset}/history", response_model=AssetHistory, summary="Groups and acts of a file")
    def history(asset: Annotated[int, Path(ge=1, le=LARGEST)]) -> Response:
        """Answer its groups in the newest review, and the newest lines of the journal about it.

        Reviews are read from end to end for it: some 0.1 s where one has 100,000 groups.
        """
        with library.reading() as connection:
            file = file_of(connection, asset)
            return Json({"groups": _groups(connection, file["path"]), "edits": _edits(connection, file)})

    return router


def _groups(connection: Connection, path: str) -> list[dict[str, Any]]:
    newest = select(reviews.c.id).order_by(reviews.c.made_at.desc()).limit(1).scalar_subquery()
    columns = (groups.c.review, groups.c.id, groups.c.tier, groups.c.body)
    query = select(*columns).where(groups.c.review == newest, _names(path)).limit(MOST)
    found = []
    for review, name, tier, body in connection.execute(query):
        paths = [member["path"] for member in body["members"]]
        if path in paths:
            kept = paths[0] == path
            found.append({"review": review, "id": name, "tier": tier, "files": len(paths), "kept": kept})
    return found


def _names(path: str) -> ColumnElement[bool]:
    """Condition on groups: the text of the body has the path as JSON writes it."""
    return func.instr(cast(groups.c.body, Text), json.dumps(path)) > 0


def _edits(connection: Connection, file: Row) -> list[dict[str, Any]]:
    last = connection.scalar(select(func.max(journal.c.line))) or 0
    about = [journal.c.path == file["path"], journal.c.kept_path == file["path"]]
    if file["sha256"] is not None:
        about += [journal.c.sha256 == file["sha256"], journal.c.kept_sha256 == file["sha256"]]
    query = select(*(journal.c[name] for name in _EDIT)).where(journal.c.line > last - LINES, or_(*about))
    rows = connection.execute(query.order_by(journal.c.line.desc()).limit(MOST)).mappings()
    return [dict(row) for row in rows]
