"""All routes that only the pages ask for."""

from __future__ import annotations

from fastapi import APIRouter

from pinakes.images.processes import Workers
from pinakes.services.library.viewing.choosing import choosing_routes
from pinakes.services.library.viewing.details import details_routes
from pinakes.services.library.viewing.downloads import download_routes
from pinakes.services.library.viewing.folders import folder_routes
from pinakes.services.library.viewing.groups import group_routes
from pinakes.services.library.viewing.history import history_routes
from pinakes.services.library.viewing.original import original_routes
from pinakes.services.library.viewing.pictures import picture_routes
from pinakes.services.library.viewing.span import span_routes
from pinakes.services.library.viewing.timeline import timeline_routes
from pinakes.services.opened import Library
from pinakes.services.works.watching import Watching


def viewing_routes(library: Library, workers: Workers, watching: Watching | None = None) -> APIRouter:
    """Make them, without a prefix; `workers` decode, and `watching` is what watches the roots."""
    router = APIRouter()
    for part in (
        folder_routes(library, watching),
        # These have names that would else be months.
        span_routes(library),
        choosing_routes(library),
        timeline_routes(library),
        download_routes(library),
        picture_routes(library, workers),
        group_routes(library),
        details_routes(library),
        history_routes(library),
        original_routes(library),
    ):
        router.include_router(part)
    return router
