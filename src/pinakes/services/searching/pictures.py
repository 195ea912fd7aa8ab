"""Pictures of searches over HTTP: brought once, named by their content from then on, and shown."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from pinakes.core.errors import ImageRefused, InvalidRequest, NotFound, TooLarge
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images.decode import decode_reduced
from pinakes.images.processes import Workers
from pinakes.schemas.search import KeptPicture
from pinakes.search.library.pictures import by_content
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.opened import Library
from pinakes.services.searching.kept import KeptPictures, checked_name, gone

#: Longer side of a picture that is looked at before it is kept, pixels: enough to see that it decodes.
LOOKED_AT = 256

#: JPEG quality of what is shown.
QUALITY = 85

#: Body of POST /search/pictures.
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file as it is.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def kept_picture_routes(library: Library, kept: KeptPictures, workers: Workers | None) -> APIRouter:
    """Make the routes, without a prefix; `workers` decode, or this process does without them."""
    router = APIRouter(prefix="/search/pictures", tags=["search"], route_class=BoundedRoute)
    limits = library.settings.images

    @router.post(
        "",
        status_code=201,
        response_model=KeptPicture,
        summary="Bring a picture to search by",
        openapi_extra=BODY,
    )
    async def bring(request: Request) -> Response:
        """Keep a picture for a while, so that `like:` and its SHA-256 name it in a search."""
        encoded = await _read(request, limits)
        return Json(await run_in_threadpool(_brought, library, kept, workers, encoded), status_code=201)

    @router.get(
        "/{sha256}",
        summary="A picture that is searched by",
        response_class=Response,
        responses={307: {"description": "It is in the library, and shown there."}},
    )
    def show(sha256: str, side: Annotated[int, Query(ge=32, le=3200)] = 1600) -> Response:
        """Answer the picture upright as a JPEG, at most `side` pixels long."""
        encoded = kept.get(checked_name(sha256))
        if encoded is None:
            if _asset(library, sha256) is None:
                raise gone(sha256)
            return RedirectResponse(f"/api/v1/contents/{sha256}/picture", 307)
        headers = {
            "Cache-Control": "private, max-age=86400, immutable",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        made = _decoded(workers, encoded, side, limits)
        return Response(made, media_type="image/jpeg", headers=headers)

    return router


def shown(encoded: bytes, side: int, limits: ImageLimits) -> bytes | Refusal:
    """JPEG bytes of an encoded picture, upright, at most `side` pixels long; runs in a process."""
    try:
        pixels = decode_reduced(encoded, long_side=side, limits=limits)
    except ImageRefused as refused:
        return Refusal(Reason(refused.reason), refused.sentence)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()


async def _read(request: Request, limits: ImageLimits) -> bytes:
    declared = int(request.headers.get("content-length", "0"))  # a number: the door has looked
    if declared > limits.max_bytes:
        raise TooLarge(
            f"The picture has {declared:,} bytes; at most {limits.max_bytes:,} are taken.",
            remedy="Send a smaller one, or raise PINAKES_IMAGES__MAX_BYTES.",
        )
    encoded = await request.body()
    if not encoded:
        raise InvalidRequest("There is no picture in the request.", remedy="Send its bytes as the body.")
    return encoded


def _brought(library: Library, kept: KeptPictures, workers: Workers | None, encoded: bytes) -> dict[str, Any]:
    _decoded(workers, encoded, LOOKED_AT, library.settings.images)
    name = kept.put(encoded)
    return {"sha256": name, "asset": _asset(library, name), "until": kept.until()}


def _decoded(workers: Workers | None, encoded: bytes, side: int, limits: ImageLimits) -> bytes:
    run: Callable[..., bytes | Refusal] = shown if workers is None else _in_process(workers)
    made = run(encoded, side, limits)
    if isinstance(made, Refusal):
        raise ImageRefused(made.reason, made.detail)
    return made


def _in_process(workers: Workers) -> Callable[..., bytes | Refusal]:
    return lambda *arguments: workers.run(shown, *arguments)


def _asset(library: Library, sha256: str) -> int | None:
    try:
        return by_content(library.engine, sha256, None).asset
    except NotFound:
        return None
