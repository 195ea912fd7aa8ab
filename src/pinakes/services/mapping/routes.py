"""The map over HTTP: what is known of it as JSON, its places as numbers, and a job that makes it."""

from __future__ import annotations

import struct
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from sqlalchemy import func, select
from starlette.responses import Response

from pinakes.core.errors import NotFound
from pinakes.db.tables import indexed
from pinakes.jobs.runner import Jobs
from pinakes.schemas.maps import MapAbout, MapJob, MapPictures, MapRequest
from pinakes.search.mapping import stored
from pinakes.search.mapping.stored import Map
from pinakes.services.http.answers import Json
from pinakes.services.http.bounded import BoundedRoute
from pinakes.services.jobs.following import job_json
from pinakes.services.mapping import traits as coloured
from pinakes.services.mapping.game_routes import game_routes
from pinakes.services.mapping.pictures import numbers_of, pictures
from pinakes.services.opened import Library
from pinakes.services.works.mapping import KIND, asked_of
from pinakes.vectors.base import Collection
from pinakes.vectors.naming import collection_name

#: First bytes of the places: a name for the form, with its revision.
MAGIC = b"PINAMAP1"

#: What the description says of the places.
_POINTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`PINAMAP1`, the number of pictures as uint64, their assets as int64, ascending, and "
        "their places as float32 x, y between -1 and 1; all little-endian.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    304: {"description": "Nothing has changed."},
}

#: What the description says of the traits.
_TRAITS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`PINATRA1`, the number of pictures and the bytes of a legend as uint64 each, the "
        "legend as JSON with the names of `folders`, then year, folder and region of each picture as uint16, "
        "one column after the other, in the order of the places; 65535 for none. All little-endian.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    304: {"description": "Nothing has changed."},
}


def map_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Make the routes over an open library and its jobs, without a prefix."""
    router = APIRouter(tags=["map"], route_class=BoundedRoute)

    @router.get("/map", response_model=MapAbout, summary="The map of the embedding space")
    def about() -> Response:
        """Answer everything but the places; 404 while no map was made."""
        collection = _collection(library)
        found = stored.present(library.engine, _stored(library, collection))
        return Json(
            {
                "index": found.collection,
                "model": collection.identity.key,
                "method": found.method,
                "made_at": found.made_at,
                "count": len(found.assets),
                "lacking": max(0, _indexed(library, found.collection) - len(found.assets)),
                "added": found.about["added"],
                "quality": found.about["quality"],
                "regions": found.about["regions"],
                "points": "/api/v1/map/points",
            }
        )

    @router.get("/map/points", responses=_POINTS, response_class=Response, summary="The map's places")
    def points(if_none_match: Annotated[str, Header()] = "") -> Response:
        """Answer a place for every picture, in numbers that a page can hand to its graphics at once."""
        found = stored.present(library.engine, _stored(library, _collection(library)))
        return _numbers(packed(found), if_none_match)

    @router.get("/map/traits", responses=_TRAITS, response_class=Response, summary="Year, folder and region")
    def traits(if_none_match: Annotated[str, Header()] = "") -> Response:
        """Answer what each picture of the map can be coloured by, in the order of the places."""
        found = coloured.traits(library, _stored(library, _collection(library)))
        return _numbers(coloured.packed(found), if_none_match)

    @router.get("/map/pictures", response_model=MapPictures, summary="Some pictures of the map")
    def some(
        assets: Annotated[str, Query(max_length=4000, description="Their numbers, with commas: 3,17,21.")],
    ) -> Response:
        """Answer name, content and shape of at most 200 pictures, in the order asked for."""
        return Json({"pictures": pictures(library, numbers_of(assets))})

    @router.post("/map", status_code=202, response_model=MapJob, summary="Bring the map up to date")
    def make(asked: MapRequest) -> Response:
        """Queue the making of the map; `GET /jobs/{id}` and `/jobs/{id}/events` tell how far it is."""
        job = jobs.submit(KIND, asked_of(again=asked.again), once=True)
        return Json(job_json(job), status_code=202, headers={"Location": f"/api/v1/jobs/{job.id}"})

    router.include_router(game_routes(library))
    return router


def packed(found: Map) -> bytes:
    """A map's assets and places in the binary form that `_POINTS` describes."""
    head = MAGIC + struct.pack("<Q", len(found.assets))
    return head + found.assets.astype("<i8").tobytes() + found.places.astype("<f4").tobytes()


def _collection(library: Library) -> Collection:
    collection = library.index.collection()
    if collection is None:
        raise NotFound("No picture is indexed yet.", remedy="Run `pinakes ingest FOLDER` first.")
    return collection


def _numbers(body: bytes, if_none_match: str) -> Response:
    """An answer in numbers, or that they are those which the caller has."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    if tag in if_none_match or if_none_match.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/octet-stream", headers=headers)


def _stored(library: Library, collection: Collection) -> Map:
    """The map as it was stored, which may hold pictures that are gone."""
    found = stored.read(library.engine, collection_name(collection.identity))
    if found is None:
        raise NotFound("No map was made of this index yet.", remedy="POST /api/v1/map makes it.")
    return found


def _indexed(library: Library, name: str) -> int:
    query = select(func.count()).select_from(indexed).where(indexed.c.index == name)
    with library.reading() as connection:
        return connection.scalar(query) or 0
