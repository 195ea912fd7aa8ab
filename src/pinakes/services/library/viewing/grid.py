"""The pictures in the order of a grid by date: months newest first, in each the newest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.core.types import Row
from pinakes.db.tables import months, shown
from pinakes.db.tables.grid import RATIO_UNIT, UNDATED
from pinakes.services.library.viewing.stretches import (
    COLUMNS,
    NEWEST_FIRST,
    count,
    counted_in,
    shown_in,
    stretch,
)

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def every_month(connection: Connection, folder: str | None) -> list[Row]:
    """Months of the library or of what lies below a folder, newest first: month, count, sum of ratios."""
    columns = (months.c.month, func.sum(months.c.count), func.sum(months.c.ratios))
    query = select(*columns).where(counted_in(folder)).group_by(months.c.month)
    found = [
        {"month": month, "count": count, "ratios": round(ratios / RATIO_UNIT, 3)}
        for month, count, ratios in connection.execute(query.order_by(months.c.month.desc()))
    ]
    return sorted(found, key=lambda entry: entry["month"] == UNDATED)


def pictures(connection: Connection, month: str, folder: str | None) -> int:
    """How many pictures a month has."""
    return count(connection, checked(month), folder)


def page(connection: Connection, month: str, folder: str | None, offset: int, limit: int) -> Row:
    """The pictures of a month from `offset`, at most `limit`, in columns.

    Raises:
        InvalidRequest: it is no month, or the folder is no absolute path.
    """
    found = stretch(connection, checked(month), folder, offset, limit)
    if found is None:
        return in_columns(())
    rows = connection.execute(found.query).all()
    return in_columns(rows[::-1] if found.backwards else rows)


def span(connection: Connection, newest: str, oldest: str, folder: str | None, limit: int) -> Row:
    """The first `limit` pictures of the months from `newest` back to `oldest`, in columns.

    Raises:
        InvalidRequest: one is no month, or the folder is no absolute path.
    """
    within = shown.c.month.between(checked(oldest), checked(newest)) & (shown.c.month != UNDATED)
    query = select(*COLUMNS).where(within, shown_in(folder)).order_by(shown.c.month.desc(), *NEWEST_FIRST)
    return in_columns(connection.execute(query.limit(limit)).all())


def place(connection: Connection, asset: int, folder: str | None) -> tuple[str, int]:
    """The month of a picture, and how many pictures come before it there.

    Raises:
        NotFound: there is no such picture.
    """
    mine = shown_in(folder)
    this = select(shown.c.month, shown.c.taken_at).where(shown.c.asset == asset, mine)
    row = connection.execute(this).one_or_none()
    if row is None:
        raise NotFound("There is no such picture in the timeline.")
    newer = tuple_(shown.c.taken_at, shown.c.asset) > tuple_(row.taken_at, asset)
    before = select(func.count()).select_from(shown).where(shown.c.month == row.month, newer, mine)
    return row.month, int(connection.scalar(before) or 0)


def in_columns(rows: Sequence[Any]) -> Row:
    """Pictures as columns of equal length, in the form of `MonthPage`."""
    return {
        "assets": [row.asset for row in rows],
        "sha256": [row.sha256 for row in rows],
        "taken_at": [None if row.month == UNDATED else row.taken_at for row in rows],
        "ratios": [row.ratio / RATIO_UNIT for row in rows],
        "placeholders": [row.placeholder for row in rows],
    }


def checked(month: str) -> str:
    """The month, if it is one.

    Raises:
        InvalidRequest: it is none.
    """
    if month != UNDATED and not _MONTH.fullmatch(month):
        raise InvalidRequest(f"{month!a} is no month.", remedy="Months are written 2019-07, or undated.")
    return month
