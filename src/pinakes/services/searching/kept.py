"""Pictures that searches brought, kept for a while by their content, so that an address can name them."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pinakes.core.errors import DiskFull, InvalidRequest, NotFound
from pinakes.images.hashing import sha256

#: Pictures that are kept at most, their bytes together, and how long after they were last used, seconds.
MOST_KEPT, MOST_BYTES, KEPT_SECONDS = 200, 512 * 2**20, 7 * 86400.0


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    bytes: int
    used_at: float


class KeptPictures:
    """A folder of pictures named by their SHA-256; those that were used least lately go first.

    Any number of threads and processes may use one folder at once. A file has its name once it is whole; what
    a kill leaves behind goes like the rest.

    Args:
        folder: made when the first picture comes.
        most_kept: pictures at most.
        most_bytes: bytes of all together at most; a larger picture is kept alone.
        seconds: how long one is kept after it was last used.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_kept: int = MOST_KEPT,
        most_bytes: int = MOST_BYTES,
        seconds: float = KEPT_SECONDS,
    ) -> None:
        self._folder = folder
        self._most_kept, self._most_bytes, self._seconds = most_kept, most_bytes, seconds

    def put(self, encoded: bytes) -> str:
        """Keep a picture; returns its SHA-256.

        Raises:
            DiskFull: there is no room for it.
        """
        name = sha256(encoded)
        part = self._folder / f"{name}.{secrets.token_hex(4)}.part"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(encoded)
            part.replace(self._folder / name)
        except OSError as error:
            raise DiskFull(
                f"The picture cannot be kept: {error.strerror}.", remedy="Free some room in the state folder."
            ) from error
        finally:
            with suppress(OSError):
                part.unlink()
        self._forget_old(name)
        return name

    def get(self, name: str) -> bytes | None:
        """The bytes of a kept picture, or None where it is not kept, or not any more."""
        path = self._folder / name
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > self._seconds:
                path.unlink()
                return None
            encoded = path.read_bytes()
            if sha256(encoded) == name:  # a disk that lost power may hold something else
                os.utime(path)
                return encoded
        return None

    def until(self) -> float:
        """When a picture that is used now goes at the latest, Unix time."""
        return time.time() + self._seconds

    def _forget_old(self, newest: str) -> None:
        kept, held = 0, 0
        for entry in sorted(self._entries(), key=lambda entry: (entry.path.name != newest, -entry.used_at)):
            kept, held = kept + 1, held + entry.bytes
            over = kept > self._most_kept or held > self._most_bytes
            if entry.path.name != newest and (over or entry.used_at < time.time() - self._seconds):
                entry.path.unlink(missing_ok=True)

    def _entries(self) -> list[_Entry]:
        found = []
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):
                stat = path.stat()
                found.append(_Entry(path, stat.st_size, stat.st_mtime))
        return found


def checked_name(name: str) -> str:
    """The name of a content in lower case.

    Raises:
        InvalidRequest: it is none.
    """
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise InvalidRequest("A content is named by 64 hexadecimal digits in lower case.")
    return name


def gone(name: str) -> NotFound:
    """The error for a picture of a search that is kept no more."""
    days = round(KEPT_SECONDS / 86400)
    return NotFound(
        f"The picture {name[:12]}… of this search is not kept any more.",
        remedy=f"Drop it on the search box again; it is kept for {days} days after it was last used.",
    )
