"""Which XMP file belongs to which picture, and reading it beside the picture."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pinakes.images.metadata.packet import LARGEST

#: Suffixes under which the file systems of people hold XMP; lower case is what programs write.
SUFFIXES = (".xmp", ".XMP")


@dataclass(frozen=True, slots=True)
class Sidecar:
    """An XMP file: its name, its bytes, and when it was changed, Unix nanoseconds."""

    name: str
    packet: bytes
    mtime_ns: int


def is_sidecar(path: str) -> bool:
    """Whether a path names an XMP file."""
    return path.lower().endswith(".xmp")


def names(picture: str) -> tuple[str, ...]:
    """Return the paths at which a picture's sidecar may lie, best first: `IMG.jpg.xmp`, then `IMG.xmp`."""
    stem = os.path.splitext(picture)[0]  # noqa: PTH122  # bytes that are no UTF-8 stay as they are
    return tuple(base + suffix for base in (picture, stem) for suffix in SUFFIXES)


def beside(picture: str) -> Sidecar | None:
    """Read the sidecar of a picture, or None; links, and files over 8 MiB, are nobody's sidecar."""
    return next((found for found in map(_read, names(picture)) if found is not None), None)


def newest(pictures: Iterable[str]) -> Sidecar | None:
    """Read the sidecar that was changed last among those of several copies of one content."""
    found = [sidecar for sidecar in map(beside, pictures) if sidecar is not None]
    return max(found, key=lambda sidecar: sidecar.mtime_ns, default=None)


def _read(path: str) -> Sidecar | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    with os.fdopen(handle, "rb") as file:
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
                return None
            return Sidecar(Path(path).name, file.read(LARGEST), status.st_mtime_ns)
        except OSError:
            return None
