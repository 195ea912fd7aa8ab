"""Which XMP file belongs to which picture, and reading it beside the picture."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, or_, select

from pinakes.db.tables import assets
from pinakes.images.metadata.packet import LARGEST

#: Suffixes under which the file systems of people hold XMP; lower case is what programs write.
_SUFFIXES = (".xmp", ".XMP")

#: Most copies of one content among which the sidecar that was changed last is looked for.
_MOST_COPIES = 100


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
    return tuple(base + suffix for base in (picture, stem) for suffix in _SUFFIXES)


def beside(picture: str) -> Sidecar | None:
    """Read the sidecar of a picture, or None; links, and files over 8 MiB, are nobody's sidecar."""
    return next((found for found in map(_read, names(picture)) if found is not None), None)


def newest(pictures: Iterable[str]) -> Sidecar | None:
    """Read the sidecar that was changed last among those of several copies of one content."""
    found = [sidecar for sidecar in map(beside, pictures) if sidecar is not None]
    return max(found, key=lambda sidecar: sidecar.mtime_ns, default=None)


def pictures_of(engine: Engine, sidecar: str) -> list[tuple[str, str]]:
    """Return path and SHA-256 of the stored pictures beside a sidecar that it may belong to."""
    base = sidecar[: -len(_SUFFIXES[0])]
    # '/' follows '.' in ASCII: everything that begins with "base." and nothing else.
    named_alike = (assets.c.path >= base + ".") & (assets.c.path < base + "/")
    query = select(assets.c.path, assets.c.sha256).where(
        or_(assets.c.path == base, named_alike), assets.c.outcome == "stored", ~assets.c.missing
    )
    with engine.execution_options(readonly=True).connect() as connection:
        found = [(str(row.path), str(row.sha256)) for row in connection.execute(query)]
    return [(path, sha256) for path, sha256 in found if sidecar in names(path)]


def copies_of(engine: Engine, sha256: str) -> list[str]:
    """Return the paths at which a content lies, at most a hundred."""
    query = select(assets.c.path).where(assets.c.sha256 == sha256, ~assets.c.missing).limit(_MOST_COPIES)
    with engine.execution_options(readonly=True).connect() as connection:
        return [str(path) for path in connection.scalars(query)]


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
