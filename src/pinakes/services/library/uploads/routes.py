"""Adding pictures over HTTP: one file a request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from pinakes.core.errors import PinakesError
from pinakes.images import formats
from pinakes.images.processes import Workers
from pinakes.jobs.job import Job
from pinakes.jobs.runner import Jobs
from pinakes.schemas.uploads import Upload, UploadTerms
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.http.door import CLIENT_GONE
from pinakes.services.jobs.routes import problem
from pinakes.services.library.uploads.arrivals import Arrivals
from pinakes.services.library.uploads.placing import Place
from pinakes.services.library.uploads.receiving import discard
from pinakes.services.library.uploads.taking import Taken, Taking
from pinakes.services.opened import Library
from pinakes.services.works.ingesting import KIND, asked_of

#: Where files are sent to; the door lets larger bodies in there.
UPLOADS = "/api/v1/uploads"

#: Longest name that is looked at, characters.
LONGEST_NAME = 1024

_TAKEN: dict[int | str, dict[str, Any]] = {
    200: {"model": Upload, "description": "The library has it already; nothing was kept twice."},
    400: problem("The file is empty, damaged, its length is not said, or it would replace a sidecar."),
    404: problem("The picture that it belongs to is not among those that were added."),
    408: problem("It stopped arriving, or came too slowly."),
    409: problem("The folder for added pictures cannot be written."),
    413: problem("It has more bytes or pixels than are taken."),
    415: problem("It is no picture, or one in a format that is not read."),
    429: problem("Too many files are on their way."),
    507: problem("The disk has no room for it."),
}

#: A file is the body as it is, of any type; what it is, is looked for in it.
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def upload_routes(library: Library, jobs: Jobs, workers: Workers) -> APIRouter:
    """Make the routes; `workers` look at what arrives, `jobs` ingest it."""
    place = Place(Path(library.uploads))

    def ingest(directories: Sequence[str]) -> Job:
        return jobs.submit(KIND, asked_of([library.uploads], only=directories), once=True)

    arrivals = Arrivals(place.folder, ingest)
    taking = Taking(library, workers, place, arrivals)

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        place.clear()
        arrivals.start()
        try:
            yield
        finally:
            arrivals.close()

    router = APIRouter(prefix="/uploads", tags=["pictures"], route_class=BoundedRoute, lifespan=lifespan)

    @router.get("", response_model=UploadTerms, summary="Where added pictures go, and what is taken")
    def terms() -> Response:
        return Json(
            {
                "folder": library.uploads,
                "max_bytes": library.settings.images.max_bytes,
                "at_once": library.settings.application.uploads_at_once,
                "videos": sorted(formats.VIDEO_SUFFIXES),
                "sidecars": sorted(formats.SIDECAR_SUFFIXES),
            }
        )

    @router.post(
        "",
        status_code=201,
        response_model=Upload,
        responses=_TAKEN,
        openapi_extra=_BODY,
        summary="Add a picture",
    )
    async def add(
        request: Request,
        name: Annotated[str, Query(min_length=1, max_length=LONGEST_NAME, description="Name of the file.")],
        modified: Annotated[
            float | None, Query(description="When the file was changed last, Unix time, seconds.")
        ] = None,
        of: Annotated[
            str | None,
            Query(pattern="^[0-9a-f]{64}$", description="SHA-256 of the added picture whose XMP file it is."),
        ] = None,
    ) -> Response:
        """Keep the body as a file, unless the library has its content already; it is ingested soon after.

        It goes to a folder of its month below the folder of added pictures, under its name or one like it
        that is free; an XMP file goes beside its picture, and replaces none. Nothing is kept of what is
        refused or breaks off.
        """
        try:
            taken = await taking.take(request, name, modified, of)
        except PinakesError:
            await discard(request)
            raise
        except ClientDisconnect:
            return Response(status_code=CLIENT_GONE)
        return Json(_told(taken), status_code=HTTPStatus.CREATED if taken.added else HTTPStatus.OK)

    return router


def _told(taken: Taken) -> dict[str, Any]:
    return {
        "outcome": "added" if taken.added else "known",
        "path": taken.held.path,
        "asset": taken.held.asset,
        "sha256": taken.sha256,
        "bytes": taken.nbytes,
    }
