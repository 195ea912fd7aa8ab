"""Pictures in their whole size for browsers that cannot show the original: made one at a time, and kept."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

from starlette.responses import FileResponse, Response

from pinakes.core.errors import Overloaded
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Refusal
from pinakes.images.processes import Workers
from pinakes.services.library.viewing.rendering import rendered_into

#: Bytes that may be kept on disk; what was looked at longest ago goes first.
MOST_KEPT = 2**30

#: Requests that may wait for their turn; each holds a thread meanwhile.
MOST_WAITING = 4

#: Time after which a caller should try again when too many wait, seconds.
RETRY_SECONDS = 5.0


class WholeSize:
    """Makes large JPEGs in a process of its own, so that ordinary pictures never wait for one.

    One is made at a time: of all that are asked for at once, one picture's pixels are in memory.

    Args:
        directory: holds what was made; it may be deleted at any time.
        limits: what one picture may cost.
        most_kept: as `MOST_KEPT`.
    """

    def __init__(self, directory: Path, limits: ImageLimits, *, most_kept: int = MOST_KEPT) -> None:
        self._directory, self._limits, self._most_kept = directory, limits, most_kept
        self._workers = Workers(1, limits)
        self._turn = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)

    def answer(self, path: str, sha256: str, side: int, headers: dict[str, str]) -> Response | Refusal:
        """Answer the content of a file at most `side` pixels long, made now or kept from before.

        Raises:
            Overloaded: too many wait for theirs.
        """
        kept = self._directory / f"{sha256}-{side}.jpg"
        if not _touched(kept):
            if not self._waiting.acquire(blocking=False):
                raise Overloaded("Too many large pictures are being made.", retry_after=RETRY_SECONDS)
            try:
                made = self._made(kept, path, sha256, side)
            finally:
                self._waiting.release()
            if isinstance(made, Refusal):
                return made
            if made is not None:
                return Response(made, media_type="image/jpeg", headers=headers)
        return FileResponse(kept, media_type="image/jpeg", headers=headers)

    def clear(self) -> None:
        """Remove what was being written when a process died."""
        for partial in self._directory.glob("*.part"):
            with suppress(OSError):
                partial.unlink()

    def stop(self) -> None:
        """End the process; whoever waits for it gets `CancelledError`."""
        self._workers.stop()

    def _made(self, kept: Path, path: str, sha256: str, side: int) -> bytes | Refusal | None:
        with self._turn:  # bounded: each before it has the time that a picture may take
            if _touched(kept):
                return None
            made = self._workers.run(rendered_into, str(kept), path, sha256, side, self._limits)
            self._forget_oldest(kept)
            return made

    def _forget_oldest(self, newest: Path) -> None:
        found = sorted(
            ((status.st_mtime_ns, status.st_size, entry.path) for entry, status in _listed(self._directory)),
            reverse=True,
        )
        total = 0
        for _, nbytes, path in found:
            total += nbytes
            if total > self._most_kept and path != str(newest):
                with suppress(OSError):
                    Path(path).unlink()


def _touched(kept: Path) -> bool:
    """Whether it is there; it was looked at now."""
    try:
        os.utime(kept)
    except OSError:
        return False
    return True


def _listed(directory: Path) -> list[tuple[os.DirEntry[str], os.stat_result]]:
    with suppress(OSError), os.scandir(directory) as entries:
        return [(entry, entry.stat(follow_symlinks=False)) for entry in entries if entry.is_file()]
    return []
