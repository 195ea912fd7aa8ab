"""Larger pictures over HTTP."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.core.types import Refusal
from pinakes.duplicates.scope import load_assets
from pinakes.images.processes import Workers
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.library.viewing.rendering import QUALITY, rendered
from pinakes.services.opened import Library

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Side(IntEnum):
    """Longer sides that pictures are made in, pixels: few, so that browsers keep them."""

    SMALL = 800
    MIDDLE = 1600
    LARGE = 3200


def picture_routes(library: Library, workers: Workers) -> APIRouter:
    """Make the route; `workers` decode."""
    router = APIRouter(tags=["pictures"], route_class=BoundedRoute)

    @router.get("/contents/{sha256}/picture", summary="A large upright JPEG", response_class=Response)
    def picture(
        sha256: str, side: Side = Side.MIDDLE, if_none_match: Annotated[str, Header()] = ""
    ) -> Response:
        """Answer the picture at most `side` pixels long; it never changes, so it may be kept for ever."""
        if not _SHA256.fullmatch(sha256):
            raise InvalidRequest("A content is named by 64 hexadecimal digits in lower case.")
        tag = f'"{sha256}-{side.value}-q{QUALITY}"'
        headers = {
            "ETag": tag,
            "Cache-Control": "private, max-age=31536000, immutable",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if tag in if_none_match:
            return Response(status_code=304, headers=headers)
        return Response(_made(library, workers, sha256, side), media_type="image/jpeg", headers=headers)

    return router


def _made(library: Library, workers: Workers, sha256: str, side: int) -> bytes:
    """The picture from whichever file still holds the content.

    Raises:
        NotFound: none does.
    """
    why = "There is no such content in the library."
    for asset in load_assets(library.engine, ("/",), [sha256]).get(sha256, ()):
        made = workers.run(rendered, asset.path, sha256, side, library.settings.images)
        if not isinstance(made, Refusal):
            return made
        why = made.detail
    raise NotFound(why)
