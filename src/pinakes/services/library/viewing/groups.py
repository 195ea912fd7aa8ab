"""How many groups of each tier a review has, so that its tabs can say so."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import func, select
from starlette.responses import Response

from pinakes.core.types import Tier
from pinakes.db.tables import groups
from pinakes.schemas.viewing import TierCounts
from pinakes.services.http.answers import Json
from pinakes.services.opened import Library


def group_routes(library: Library) -> APIRouter:
    """Make the route."""
    router = APIRouter(tags=["duplicates"])

    @router.get("/reviews/{name}/tiers", response_model=TierCounts, summary="Groups of each tier")
    def tiers(name: str) -> Response:
        """Answer the tiers that have groups, strongest first; none where the review is not made yet."""
        columns = (groups.c.tier, func.count(), func.sum(groups.c.reclaimable))
        query = select(*columns).where(groups.c.review == name).group_by(groups.c.tier)
        with library.reading() as connection:
            rows = connection.execute(query).all()
        rows = sorted(rows, key=lambda row: Tier(row[0]).rank)
        return Json({"tiers": [{"tier": t, "groups": n, "reclaimable_bytes": size} for t, n, size in rows]})

    return router
