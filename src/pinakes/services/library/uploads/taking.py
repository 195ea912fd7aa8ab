"""Taking one file in: received, looked at, and given a place, or found to be in the library already."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from pinakes.core.errors import Overloaded
from pinakes.core.types import Refusal
from pinakes.images.processes import Workers
from pinakes.services.library.uploads import beside
from pinakes.services.library.uploads.arrivals import Arrivals
from pinakes.services.library.uploads.checking import SUFFIXES, look, refuse_by_name, refused
from pinakes.services.library.uploads.held import Held, held
from pinakes.services.library.uploads.names import fitted, suffix_of
from pinakes.services.library.uploads.placing import Place, sync
from pinakes.services.library.uploads.receiving import receive
from pinakes.services.opened import Library

#: Files that are remembered until a scan surely met them.
MOST_REMEMBERED = 100_000

#: Time after which a sender should try again when too many files are on their way, seconds.
RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a content lies now; `added` is False where it was there before."""

    held: Held
    sha256: str
    nbytes: int
    added: bool


class Taking:
    """Takes files in, so many at once as the settings allow."""

    def __init__(self, library: Library, workers: Workers, place: Place, arrivals: Arrivals) -> None:
        self._library, self._workers, self._place, self._arrivals = library, workers, place, arrivals
        self._inside = 0
        self._settling = threading.Lock()
        self._settled: dict[str, Path] = {}

    async def take(self, request: Request, name: str, modified: float | None, of: str | None = None) -> Taken:
        """Take the body of a request in as a file called `name`, changed last at `modified` (Unix seconds).

        With `of`, the SHA-256 of a picture that was added, it is the XMP file beside that.

        Raises:
            Overloaded: too many files are on their way.
            NotFound: the picture `of` is not among those that were added.
            TooLarge, UnsupportedMedia, ImageRefused, InvalidRequest: it cannot be added; the file is named.
            DiskFull, ReadOnlyFolder: there is no place for it.
            UploadStalled, ClientDisconnect: it did not arrive. In any of these cases nothing is left behind.
        """
        if self._inside >= self._library.settings.application.uploads_at_once:
            raise Overloaded("Too many files are on their way.", retry_after=RETRY_SECONDS)
        self._inside += 1
        try:
            if of is not None:
                return await self._take_beside(request, fitted(name), modified, of)
            return await self._take(request, fitted(name), modified)
        finally:
            self._inside -= 1

    async def _take(self, request: Request, name: str, modified: float | None) -> Taken:
        refuse_by_name(name, suffix_of(name))
        most = self._library.settings.images.max_bytes
        with self._place.partial(int(request.headers.get("content-length", "0"))) as file:
            received = await receive(request, file, name=name, most=most)
            arrived = _Arrived(Path(file.name), received.sha256, name, modified)
            found, added = await run_in_threadpool(self._keep, arrived)
        return Taken(found, received.sha256, received.nbytes, added)

    async def _take_beside(self, request: Request, name: str, modified: float | None, of: str) -> Taken:
        beside.refuse_by_name(name)
        picture = await run_in_threadpool(self._lies, of, name)
        with self._place.partial(int(request.headers.get("content-length", "0"))) as file:
            received = await receive(request, file, name=name, most=beside.LARGEST, is_picture=False)
            arrived = _Arrived(Path(file.name), received.sha256, name, modified)
            path, added = await run_in_threadpool(self._keep_beside, arrived, picture)
        return Taken(Held(str(path)), received.sha256, received.nbytes, added)

    def _lies(self, sha256: str, name: str) -> Path:
        """Where a picture lies that was added; `name` is of what is to lie beside it."""
        settled = self._settled.get(sha256)
        if settled is not None and settled.is_file():
            return settled
        found = held(self._library, sha256, str(self._place.folder))
        if found is None:
            raise beside.elsewhere(name)
        return Path(found.path)

    def _keep_beside(self, arrived: _Arrived, picture: Path) -> tuple[Path, bool]:
        refusal = self._workers.run(beside.check, str(arrived.path))
        if refusal is not None:
            raise refused(arrived.name, refusal)
        there = beside.known(picture, arrived.path, arrived.name)
        if there is not None:
            return there, False
        path = beside.place_of(picture, arrived.name)
        _dress(arrived)
        if not self._place.settle_as(arrived.path, path):
            raise beside.another(picture, arrived.name)
        self._arrivals.note(str(path.parent))
        return path, True

    def _keep(self, arrived: _Arrived) -> tuple[Held, bool]:
        """Where the content lies now, and whether this file brought it."""
        found = held(self._library, arrived.sha256)
        if found is not None:
            return found, False
        suffix = suffix_of(arrived.name)
        looked = self._workers.run(look, str(arrived.path), suffix, self._library.settings.images)
        if isinstance(looked, Refusal):
            raise refused(arrived.name, looked)
        named = replace(
            arrived, name=arrived.name if suffix else arrived.name + SUFFIXES.get(looked.format, "")
        )
        _dress(named)
        return self._settle(named, self._place.dated(looked.taken_at, time.time()))

    def _settle(self, arrived: _Arrived, folder: Path) -> tuple[Held, bool]:
        with self._settling:
            before = self._settled.get(arrived.sha256)
            if before is not None and before.is_file():
                return Held(str(before)), False
            path = self._place.settle(arrived.path, folder, arrived.name)
            self._settled[arrived.sha256] = path
            if len(self._settled) > MOST_REMEMBERED:
                del self._settled[next(iter(self._settled))]
        self._arrivals.note(str(folder))
        return Held(str(path)), True


@dataclass(frozen=True, slots=True)
class _Arrived:
    path: Path
    sha256: str
    name: str
    modified: float | None


def _dress(arrived: _Arrived) -> None:
    """Give a file the time of its last change as its sender knows it, and have it all on disk."""
    arrived.path.chmod(0o644)
    if arrived.modified is not None and 0 <= arrived.modified <= time.time():
        os.utime(arrived.path, (arrived.modified, arrived.modified))
    sync(arrived.path)
