"""Larger pictures over HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.core.types import Refusal
from pinakes.duplicates.scope import load_assets
from pinakes.images.processes import Workers
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.routes import problem
from pinakes.services.library.viewing.rendering import QUALITY, rendered
from pinakes.services.library.viewing.whole_size import WholeSize
from pinakes.services.opened import Library

_SHA256 = re.compile(r"[0-9a-f]{64}")


#: Where large pictures are kept, below the state; it may be deleted at any time.
KEPT = "whole-pictures"


class Side(IntEnum):
    """Longer sides that pictures are made in, pixels: few, so that browsers keep them."""

    SMALL = 800
    MIDDLE = 1600
    LARGE = 3200
    HUGE = 6400
    WHOLE = 12800


def picture_routes(library: Library, workers: Workers) -> APIRouter:
    """Make the route; `workers` decode, but for what is larger than `Side.LARGE`."""
    whole = WholeSize(library.settings.state / KEPT, library.settings.images)

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        whole.clear()
        try:
            yield
        finally:
            whole.stop()

    router = APIRouter(tags=["pictures"], route_class=BoundedRoute, lifespan=lifespan)

    @router.get(
        "/contents/{sha256}/picture",
        summary="A large upright JPEG",
        response_class=Response,
        responses={429: problem("Too many pictures of the largest sides are being made.")},
    )
    def picture(
        sha256: str, side: Side = Side.MIDDLE, if_none_match: Annotated[str, Header()] = ""
    ) -> Response:
        """Answer the picture at most `side` pixels long; it never changes, so it may be kept for ever.

        The largest sides are for what browsers cannot show themselves: HEIC, TIFF and camera RAW.
        """
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

        def made(path: str) -> Response | Refusal:
            if side > Side.LARGE:
                return whole.answer(path, sha256, side, headers)
            encoded = workers.run(rendered, path, sha256, side, library.settings.images)
            if isinstance(encoded, Refusal):
                return encoded
            return Response(encoded, media_type="image/jpeg", headers=headers)

        return _first(library, sha256, made)

    return router


def _first(library: Library, sha256: str, made: Callable[[str], Response | Refusal]) -> Response:
    """The picture from whichever file still holds the content.

    Raises:
        NotFound: none does.
    """
    why = "There is no such content in the library."
    for asset in load_assets(library.engine, ("/",), [sha256]).get(sha256, ()):
        answer = made(asset.path)
        if not isinstance(answer, Refusal):
            return answer
        why = answer.detail
    raise NotFound(why)
