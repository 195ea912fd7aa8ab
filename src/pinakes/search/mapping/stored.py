"""Maps as rows of the library: one for each collection."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Engine, delete, insert, select

from pinakes.db.tables import indexed, maps
from pinakes.search.mapping.neighbours import Ints
from pinakes.search.mapping.reduction import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """A map of one collection.

    Attributes:
        method: how the plane was found, with its revision.
        made_at: Unix time, seconds.
        about: what is known of it: `quality`, `regions`, and how many assets were `added` since it was made.
        assets: int64 (n,), ascending.
        points: int64 (n,), which point of the collection each was: another content is another point.
        places: float32 (n, 2), each from -1 to 1.
    """

    collection: str
    method: str
    made_at: float
    about: dict[str, Any]
    assets: Ints
    points: Ints
    places: Floats


def read(engine: Engine, collection: str) -> Map | None:
    """The map of a collection as it was stored, or None."""
    with engine.execution_options(readonly=True).connect() as connection:
        row = connection.execute(select(maps).where(maps.c.collection == collection)).mappings().first()
    if row is None:
        return None
    return Map(
        collection,
        row["method"],
        row["made_at"],
        dict(row["about"]),
        np.frombuffer(row["assets"], "<i8"),
        np.frombuffer(row["points"], "<i8"),
        np.frombuffer(row["places"], "<f4").reshape(-1, 2),
    )


def present(engine: Engine, found: Map) -> Map:
    """The map without the assets that are no longer in the index."""
    query = select(indexed.c.asset).where(indexed.c.index == found.collection)
    with engine.execution_options(readonly=True).connect() as connection:
        there = np.fromiter(connection.scalars(query), np.int64)
    kept = np.isin(found.assets, there)
    return replace(found, assets=found.assets[kept], points=found.points[kept], places=found.places[kept])


def write(engine: Engine, made: Map) -> None:
    """Store a map in place of the one before."""
    row = {
        "collection": made.collection,
        "method": made.method,
        "made_at": made.made_at,
        "count": len(made.assets),
        "about": made.about,
        "assets": made.assets.astype("<i8").tobytes(),
        "points": made.points.astype("<i8").tobytes(),
        "places": made.places.astype("<f4").tobytes(),
    }
    with engine.begin() as connection:
        connection.execute(delete(maps).where(maps.c.collection == made.collection))
        connection.execute(insert(maps).values(row))


def now() -> float:
    """Unix time, seconds."""
    return time.time()
