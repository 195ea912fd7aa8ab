"""Groups over HTTP: pages of a listing, where a group is in it, what filters can name, and what is left."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from pinakes.core.errors import InvalidRequest
from pinakes.core.types import Tier
from pinakes.duplicates.evidence.pictures import Pictures
from pinakes.duplicates.resolution.decisions import Decisions
from pinakes.images.processes import Workers
from pinakes.jobs.runner import Jobs
from pinakes.schemas.browsing import Beside, Facets, GroupPlace, Left
from pinakes.schemas.duplicates import GroupPage, StoredGroup
from pinakes.services.http.answers import DEFAULT_LIMIT, MOST_LIMIT, Json, position_of
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.library.browsing.listing import Listings, Order, Standing, Wanted
from pinakes.services.library.browsing.pages import Pages
from pinakes.services.opened import Library

_SHA256 = re.compile(r"[0-9a-f]{64}")


def asked_of(
    tier: Tier | None = None,
    order: Order = Order.EVIDENCE,
    standing: Annotated[Standing, Query(description="By whether they were decided.")] = Standing.ALL,
    as_of: Annotated[
        int | None, Query(ge=0, description="Line of the journal: what was decided later counts as open.")
    ] = None,
    folder: Annotated[str, Query(max_length=4096, description="A file lies in it, or below.")] = "",
    keeper_in: Annotated[str, Query(max_length=4096, description="The kept file lies there.")] = "",
    kind: Annotated[str, Query(alias="format", max_length=16, description="Of a file: JPEG, …")] = "",
) -> Wanted:
    """The listing that a request asks for."""
    return Wanted(tier, order, standing, as_of, folder, keeper_in, kind)


def browsing_routes(library: Library, jobs: Jobs, workers: Workers) -> APIRouter:
    """Make the routes; `workers` decode a picture whose thumbnail was lost."""
    router = APIRouter(tags=["duplicates"], route_class=BoundedRoute)
    pages = Pages(Listings(library.engine, library.settings.state, Decisions(library.engine)), jobs)
    pictures = Pictures(library.engine, library.thumbnails, ("/",), library.settings.images, workers)

    @router.get("/reviews/{name}/groups", response_model=GroupPage, summary="Groups, a page of a listing")
    def page(
        name: str,
        asked: Annotated[Wanted, Depends(asked_of)],
        cursor: str | None = None,
        offset: Annotated[int | None, Query(ge=0, description="Instead of a cursor: any place.")] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT,
    ) -> Response:
        """Answer the next `limit` groups after `cursor`, the `next` of the page before, or from `offset` on.

        Where `as_of` is what the first page told, every place stays what it is while groups are decided.
        """
        if cursor is not None and offset is not None:
            raise InvalidRequest("Give either a `cursor` or an `offset`.")
        return Json(pages.page(name, asked, position_of(cursor), offset, limit))

    @router.get("/reviews/{name}/place", response_model=GroupPlace, summary="Where a group is in a listing")
    def place(name: str, group: str, asked: Annotated[Wanted, Depends(asked_of)]) -> Response:
        """Answer its offset; null where the listing does not have it."""
        return Json(pages.place(name, asked, group))

    @router.get("/reviews/{name}/facets", response_model=Facets, summary="What its filters can name")
    def facets(name: str) -> Response:
        """Answer formats and folders with their numbers of groups."""
        return Json(pages.facets(name))

    @router.get("/reviews/{name}/left", response_model=Left, summary="What is left to decide, by tier")
    def left(name: str) -> Response:
        """Answer for each tier that has groups how many there are and how many are undecided."""
        return Json(pages.left(name))

    @router.get("/groups/{name}", response_model=StoredGroup, summary="One group")
    def group(name: str) -> Response:
        return Json(pages.group(name))

    @router.get("/contents/{sha256}/beside/{other}", response_model=Beside, summary="How two pictures differ")
    def compared(sha256: str, other: str) -> Response:
        """Answer how the first lies on the second, so that both can be laid over one another."""
        # It loads a vocabulary that nobody else here needs.
        from pinakes.services.library.browsing.beside import beside

        if not (_SHA256.fullmatch(sha256) and _SHA256.fullmatch(other)):
            raise InvalidRequest("A content is named by 64 hexadecimal digits in lower case.")
        return Json(beside(library, pictures, workers, sha256, other))

    return router
