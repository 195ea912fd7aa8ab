"""Conditions on paths that the index on `assets.path` can answer."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, or_

from pinakes.db.tables import assets


def below(folders: Iterable[str]) -> ColumnElement[bool]:
    """Condition on `assets`: the file lies below one of the absolute `folders`."""
    bases = [folder.rstrip("/") for folder in folders]
    # '0' follows '/' in ASCII: everything that begins with "base/" and nothing else.
    return or_(*(and_(assets.c.path >= base + "/", assets.c.path < base + "0") for base in bases))
