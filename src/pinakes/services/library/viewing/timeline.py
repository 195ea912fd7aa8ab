"""The library by date: how many pictures each month has, and what a grid of one month needs."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, String, cast, func, select
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest
from pinakes.db.tables import assets, contents
from pinakes.schemas.viewing import MonthPage, Timeline
from pinakes.services.answers import Json
from pinakes.services.opened import Library

#: Pictures of one page of a month.
MOST = 2000

#: Name of what has no date.
UNDATED = "undated"

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")

_RATIO = contents.c.width * 1.0 / contents.c.height

_JOINED = assets.join(contents, contents.c.sha256 == assets.c.sha256)

_SHOWN = (assets.c.outcome == "stored", ~assets.c.missing)


def timeline_routes(library: Library) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/timeline", tags=["pictures"])

    @router.get("", response_model=Timeline, summary="Months, newest first, with their numbers of pictures")
    def months() -> Response:
        """`ratios` is the sum of width by height, from which the height of a justified grid follows."""
        month = _month()
        query = (
            select(month, func.count(), func.sum(_RATIO)).select_from(_JOINED).where(*_SHOWN).group_by(month)
        )
        with library.reading() as connection:
            rows = connection.execute(query.order_by(month.desc())).all()
        found = [{"month": name or UNDATED, "count": n, "ratios": round(sum_, 3)} for name, n, sum_ in rows]
        dated = sorted(found, key=lambda entry: entry["month"] == UNDATED)
        return Json({"months": dated, "count": sum(entry["count"] for entry in found)})

    @router.get("/{month}", response_model=MonthPage, summary="Pictures of a month, newest first")
    def one(
        month: str,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    ) -> Response:
        """Answer columns, one entry a picture: a month of a hundred thousand stays small on the wire."""
        if month != UNDATED and not _MONTH.fullmatch(month):
            raise InvalidRequest(f"{month!a} is no month.", remedy="Months are written 2019-07, or undated.")
        columns = (assets.c.id, assets.c.sha256, contents.c.taken_at, _RATIO)
        here = _month().is_(None) if month == UNDATED else _month() == month
        query = select(*columns).select_from(_JOINED).where(*_SHOWN, here)
        with library.reading() as connection:
            rows = connection.execute(
                query.order_by(contents.c.taken_at.desc(), assets.c.id).offset(offset).limit(limit)
            ).all()
        ids, sha256, taken, ratios = zip(*rows, strict=True) if rows else ((), (), (), ())
        return Json(
            {"assets": ids, "sha256": sha256, "taken_at": taken, "ratios": [round(r, 4) for r in ratios]}
        )

    return router


def _month() -> ColumnElement[str]:
    return cast(func.strftime("%Y-%m", contents.c.taken_at, "unixepoch"), String)
