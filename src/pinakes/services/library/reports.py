"""Everything the library knows over HTTP: counts, or a row for every file as a stream."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from pinakes.core.errors import InvalidRequest, Overloaded
from pinakes.ingest.reports.forms import Form, written
from pinakes.ingest.reports.rows import everything, within
from pinakes.ingest.reports.summary import summed_up
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.opened import Library

#: Reports that are written at once; each reads the library as fast as its caller takes it.
MOST_REPORTS = 4

ReportFormat = Literal["summary", "csv", "json", "jsonl", "parquet"]


def report_routes(library: Library) -> APIRouter:
    """Make the route."""
    router = APIRouter(tags=["pictures"], route_class=BoundedRoute)
    free = threading.BoundedSemaphore(MOST_REPORTS)

    @router.get("/report", response_class=Response, summary="Everything known: counts, or a row a file")
    def report(
        form: Annotated[ReportFormat, Query(alias="format")] = "summary",
        folder: Annotated[list[str] | None, Query(max_length=1000)] = None,
    ) -> Response:
        """Answer counts as JSON, or a stream of the rows of all files, or of those below absolute folders."""
        for path in folder or []:
            if not path.startswith("/") or "\0" in path:
                raise InvalidRequest(f"{path!a} is no absolute path.")
        known = within(library.engine, folder or [])
        if form == "summary":
            return Json(summed_up(library.engine, known).as_json())
        pieces = written(Form(form), everything(library.engine, known))
        if not free.acquire(blocking=False):
            raise Overloaded(f"{MOST_REPORTS} reports are written already.", retry_after=5.0)
        return _streamed(Form(form), _freeing(pieces, free))

    return router


def _streamed(form: Form, pieces: Iterator[bytes]) -> Response:
    # What fails before the first piece is still answered as a problem.
    first = next(pieces, b"")
    named = {"Content-Disposition": f'attachment; filename="pinakes-report.{form.value}"'}
    return StreamingResponse(chain((first,), pieces), media_type=form.media_type, headers=named)


def _freeing(pieces: Iterator[bytes], free: threading.BoundedSemaphore) -> Iterator[bytes]:
    try:
        yield from pieces
    finally:
        free.release()
