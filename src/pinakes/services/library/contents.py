"""The pictures themselves: the assets of the library and the thumbnails of their contents."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query
from sqlalchemy import select
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.db.paths import below
from pinakes.db.tables import assets, contents
from pinakes.duplicates.evidence.pictures import Pictures
from pinakes.images import thumbnails
from pinakes.images.processes import Workers
from pinakes.schemas.contents import AssetPage
from pinakes.services.http.answers import DEFAULT_LIMIT, MOST_LIMIT, Json, cursor_of, path_of
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.opened import Library

_SHA256 = re.compile(r"[0-9a-f]{64}")

#: What is said of an asset, and where it is stored.
_ASSET = (
    assets.c.path,
    assets.c.sha256,
    assets.c.bytes,
    assets.c.outcome,
    assets.c.reason,
    assets.c.detail,
    assets.c.missing,
)
_CONTENT = (contents.c.width, contents.c.height, contents.c.format, contents.c.taken_at)


def content_routes(library: Library, workers: Workers) -> APIRouter:
    """Make the routes; `workers` decode a picture whose thumbnail was lost."""
    router = APIRouter(tags=["pictures"], route_class=BoundedRoute)
    pictures = Pictures(library.engine, library.thumbnails, ("/",), library.settings.images, workers)

    @router.get("/assets", response_model=AssetPage, summary="Files of the library, in the order of paths")
    def files(
        folder: str | None = None,
        outcome: Literal["stored", "skipped", "refused"] | None = None,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
    ) -> Response:
        """Answer the next `limit` files after `cursor`, below an absolute `folder`, of one outcome or all."""
        query = select(*_ASSET, *_CONTENT).outerjoin(contents, contents.c.sha256 == assets.c.sha256)
        if folder is not None:
            query = query.where(below((_absolute(folder),)))
        if outcome is not None:
            query = query.where(assets.c.outcome == outcome)
        if cursor is not None:
            query = query.where(assets.c.path > path_of(cursor))
        with library.reading() as connection:
            rows = connection.execute(query.order_by(assets.c.path).limit(limit + 1)).mappings().all()
        following = cursor_of(rows[limit - 1]["path"]) if len(rows) > limit else None
        return Json({"assets": [dict(row) for row in rows[:limit]], "next": following})

    @router.get("/contents/{sha256}/thumbnail", summary="A small upright JPEG", response_class=Response)
    def thumbnail(sha256: str, if_none_match: Annotated[str, Header()] = "") -> Response:
        """Answer the thumbnail of a content; it never changes, so it may be kept for ever."""
        if not _SHA256.fullmatch(sha256):
            raise InvalidRequest("A content is named by 64 hexadecimal digits in lower case.")
        tag = f'"{sha256}-{thumbnails.REVISION}"'
        headers = {
            "ETag": tag,
            "Cache-Control": "private, max-age=31536000, immutable",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        found = pictures.thumbnail(sha256)
        if found is None:
            raise NotFound("There is no such content in the library, or its file is gone.")
        if tag in if_none_match or if_none_match.strip() == "*":
            return Response(status_code=304, headers=headers)
        return Response(found, media_type="image/jpeg", headers=headers)

    return router


def _absolute(folder: str) -> str:
    if not folder.startswith("/"):
        raise InvalidRequest(f"{folder!a} is no absolute path.")
    return folder
