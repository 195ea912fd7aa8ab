"""Which assets belong into an index, as conditions that every query of indexing shares."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, true

from pinakes.db.paths import below
from pinakes.db.tables import assets

#: A picture that was stored and is there.
PRESENT = (assets.c.outcome == "stored") & ~assets.c.missing


def within(folders: Sequence[str] | None) -> ColumnElement[bool]:
    """Condition that an asset lies below one of the absolute folders; None is everywhere."""
    if folders is None:
        return true()
    return below(folders) if folders else false()
