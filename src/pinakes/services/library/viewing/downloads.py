"""Chosen pictures as one zip: asked for first, then fetched by its name, as browsers download."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import chain

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response, StreamingResponse

from pinakes.core.errors import Forbidden, NotFound, Overloaded
from pinakes.db.tables import assets, shown
from pinakes.duplicates.scope import portions
from pinakes.schemas.choosing import Download, DownloadRequest
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.library.viewing.zipping import Member, zipped
from pinakes.services.opened import Library

#: Zips that are written at once; each reads files as fast as its caller takes them.
MOST_AT_ONCE = 4

#: Downloads that are remembered, and for how long, seconds.
MOST_REMEMBERED, REMEMBERED_SECONDS = 64, 600.0


class Wanted:
    """What was asked for and can be fetched for a while; the oldest is forgotten first. For any thread."""

    def __init__(self) -> None:
        self._wanted: dict[str, tuple[float, tuple[Member, ...]]] = {}
        self._lock = threading.Lock()

    def remember(self, members: Sequence[Member]) -> str:
        """Return a name for them that nobody guesses."""
        name = secrets.token_urlsafe(16)
        with self._lock:
            while len(self._wanted) >= MOST_REMEMBERED:
                del self._wanted[next(iter(self._wanted))]
            self._wanted[name] = (time.monotonic(), tuple(members))
        return name

    def named(self, name: str) -> tuple[Member, ...]:
        """Return them.

        Raises:
            NotFound: it was never given out, or too long ago.
        """
        with self._lock:
            asked_at, members = self._wanted.get(name, (-REMEMBERED_SECONDS, ()))
        if not members or time.monotonic() - asked_at > REMEMBERED_SECONDS:
            raise NotFound("There is no such download any more.", remedy="Choose the pictures again.")
        return members


def download_routes(library: Library) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/assets/download", tags=["pictures"], route_class=BoundedRoute)
    wanted = Wanted()
    free = threading.BoundedSemaphore(MOST_AT_ONCE)

    @router.post("", response_model=Download, summary="Ask for the files of some pictures as a zip")
    def ask(asked: DownloadRequest) -> Response:
        """Answer a name under which the zip can be fetched for ten minutes."""
        members = list(_members(library, sorted(set(asked.assets))))
        if not members:
            raise NotFound("None of these pictures is in the library.")
        size = sum(member.bytes for member in members)
        return Json({"download": wanted.remember(members), "pictures": len(members), "bytes": size})

    @router.get("/{download}", response_class=Response, summary="The zip of a download")
    def fetch(download: str) -> Response:
        """Stream the originals, not compressed; `not included.txt` in it says what vanished or changed."""
        members = wanted.named(download)
        if not free.acquire(blocking=False):
            raise Overloaded(f"{MOST_AT_ONCE} downloads run already.", retry_after=5.0)
        pieces = _freeing(zipped(members, lambda path: _opened(library, path)), free)
        headers = {
            "Content-Disposition": 'attachment; filename="pinakes.zip"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        # The first piece is read here, so that what holds a place is always let go.
        return StreamingResponse(
            chain((next(pieces),), pieces), media_type="application/zip", headers=headers
        )

    return router


def _members(library: Library, ids: Sequence[int]) -> Iterator[Member]:
    columns = (assets.c.path, assets.c.bytes, assets.c.mtime_ns)
    with library.reading() as connection:
        for some in portions(ids):
            query = select(*columns).join(shown, shown.c.asset == assets.c.id).where(assets.c.id.in_(some))
            yield from (Member(*row) for row in connection.execute(query.order_by(assets.c.id)))


def _opened(library: Library, path: str) -> int:
    real = os.path.realpath(path)
    try:
        library.confined((real,))
    except Forbidden as error:
        raise PermissionError(0, "it is not in a folder that may be read") from error
    return os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _freeing(pieces: Iterator[bytes], free: threading.BoundedSemaphore) -> Iterator[bytes]:
    try:
        yield from pieces
    finally:
        free.release()
