"""What the table of assets says once files went or came back, so that no scan is needed to see it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, select, update

from pinakes.core.types import Row
from pinakes.db.tables import assets, directories
from pinakes.duplicates.resolution.removal import Removal


def mark_gone(connection: Connection, gone: Sequence[tuple[Removal, os.stat_result | None]]) -> None:
    """Note that removed files are not there; where a hardlink took the place, note that instead."""
    away = [{"at_path": removal.path} for removal, link in gone if link is None]
    linked = [{"at_path": removal.path, **_facts(link)} for removal, link in gone if link is not None]
    if away:
        statement = update(assets).where(assets.c.path == bindparam("at_path")).values(missing=True)
        connection.execute(statement, away)
    if linked:
        connection.execute(update(assets).where(assets.c.path == bindparam("at_path")), linked)


def mark_back(connection: Connection, back: Sequence[tuple[Removal, os.stat_result]]) -> None:
    """Note that files are there again as they were, whatever a scan found in their place meanwhile."""
    as_before, changed = [], []
    for removal, status in back:
        was = removal.identity
        same = (status.st_size, status.st_mtime_ns) == (was.bytes, was.mtime_ns)
        if same:
            stored = {"sha256": was.sha256, "outcome": "stored", "reason": None, "detail": None}
            as_before.append({"at_path": removal.path, "missing": False, **stored, **_facts(status)})
        else:
            # The next scan sees that it is another file than it was, and reads it.
            changed.append({"at_path": removal.path, "missing": False})
    for rows in (as_before, changed):
        if rows:
            connection.execute(update(assets).where(assets.c.path == bindparam("at_path")), rows)
    if as_before:
        _put_into_directories(connection, [row["at_path"] for row in as_before])


def _put_into_directories(connection: Connection, paths: Sequence[str]) -> None:
    """Note which directory holds each file: a scan that refused another file in its place forgot it."""
    holds = select(directories.c.id).where(directories.c.path == bindparam("in_directory")).scalar_subquery()
    statement = (
        update(assets)
        .where(assets.c.path == bindparam("at_path"))
        .values(directory=func.coalesce(holds, assets.c.directory))
    )
    rows = [{"at_path": path, "in_directory": os.path.dirname(path)} for path in paths]  # noqa: PTH120
    connection.execute(statement, rows)


def _facts(status: os.stat_result) -> Row:
    return {
        "bytes": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "inode": str(status.st_ino),
        "device": str(status.st_dev),
    }
