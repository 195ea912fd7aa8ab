"""How a folder stands: whether it is there, who watches it, what the last scan made of it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal_column, select

from pinakes.core.paths import is_under
from pinakes.db.paths import below
from pinakes.db.tables import assets, scans
from pinakes.ingest.watching.presence import Presence
from pinakes.services.opened import Library
from pinakes.services.works.watching import Watching

#: Scans that are looked through for one of a folder.
MOST_SCANS = 500


def state_of(library: Library, folder: str, watching: Watching | None) -> dict[str, Any]:
    """Tell it, of a real folder below a root."""
    return {
        "path": folder,
        "root": folder in library.roots,
        "uploads": folder == library.uploads,
        "doubt": Presence(library.engine, folder).doubt(),
        "watched": None if watching is None else watching.manner_in(folder),
        "scanned_at": _scanned_at(library, folder),
        **_left_out(library, folder),
    }


def _scanned_at(library: Library, folder: str) -> float | None:
    """When the last scan of it, or of a folder that holds it, was finished."""
    query = select(scans.c.folders, scans.c.finished_at).where(scans.c.finished_at.is_not(None))
    with library.reading() as connection:
        rows = connection.execute(query.order_by(scans.c.id.desc()).limit(MOST_SCANS)).all()
    return next((at for folders, at in rows if _covers(folders, folder)), None)


def _covers(folders: Sequence[str], folder: str) -> bool:
    # Scans keep their folders as literals, which can say names that are no UTF-8.
    return any(is_under(folder, ast.literal_eval(each)) for each in folders)


def left_out_below(folder: str) -> dict[str, Select[int]]:
    """Queries for how many files were refused, and how many pictures are not there any more."""
    # Written out, so that the partial indexes over just these rows are seen to fit.
    was_refused = assets.c.outcome == literal_column("'refused'")
    counted = select(func.count()).select_from(assets).where(below((folder,)))
    return {
        "refused": counted.where(was_refused, ~assets.c.missing),
        "missing": counted.where(assets.c.missing, assets.c.sha256.is_not(None)),
    }


def _left_out(library: Library, folder: str) -> dict[str, int]:
    with library.reading() as connection:
        queries = left_out_below(folder).items()
        return {name: connection.scalar(query) or 0 for name, query in queries}
