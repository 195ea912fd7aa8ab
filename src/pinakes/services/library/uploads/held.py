"""Whether the library holds a content already, in a file that is still there."""

from __future__ import annotations

import os
from dataclasses import dataclass

from sqlalchemy import select

from pinakes.core.paths import is_under
from pinakes.db.tables import assets
from pinakes.services.opened import Library

#: Copies of a content that are looked for before it is held to be gone.
MOST_COPIES = 20


@dataclass(frozen=True, slots=True)
class Held:
    """A file that has the content; `asset` is None while it is not scanned yet."""

    path: str
    asset: int | None = None


def held(library: Library, sha256: str, below: str = "/") -> Held | None:
    """The first file below a folder that the last scan found to have a content, and that is as it was."""
    columns = (assets.c.id, assets.c.path, assets.c.bytes, assets.c.mtime_ns)
    query = select(*columns).where(assets.c.sha256 == sha256, ~assets.c.missing).order_by(assets.c.id)
    with library.reading() as connection:
        rows = connection.execute(query.limit(MOST_COPIES)).all()
    # What was deleted since must not cost the sender the only copy that is left.
    return next(
        (
            Held(row.path, row.id)
            for row in rows
            if is_under(row.path, below) and _is_as_known(row.path, row.bytes, row.mtime_ns)
        ),
        None,
    )


def _is_as_known(path: str, nbytes: int, mtime_ns: int) -> bool:
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (nbytes, mtime_ns)
