"""The reading of a place on the map, and how far around it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pinakes.core.filters import And, Filter, Known, Or, Range
from pinakes.search.language.line import Piece
from pinakes.search.language.numbers import quantity
from pinakes.search.language.reading import Context

#: Length of a degree of latitude, in kilometres.
DEGREE = 111.195

#: Units of a distance, in kilometres.
DISTANCES: Mapping[str, float] = {"": 1, "m": 0.001, "km": 1, "mi": 1.609344}


@dataclass(frozen=True, slots=True)
class Near:
    """Within a distance of a place: latitude, longitude, and how far; a square on the map."""

    payload: str = ""
    choices: tuple[str, ...] = ()

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """Ranges of `latitude` and `longitude`."""
        if len(pieces) not in (2, 3):
            raise pieces[-1].problem(
                f"“{name}:” takes a latitude, a longitude and a distance", remedy="As in near:48.1,11.5,10km."
            )
        latitude, longitude = (quantity(piece, {"": 1}).value for piece in pieces[:2])
        distance = quantity(pieces[2], DISTANCES).value if len(pieces) == 3 else 1.0
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise pieces[0].problem("Latitudes are from -90 to 90, longitudes from -180 to 180")
        if distance <= 0:
            raise pieces[-1].problem("A distance is more than 0")
        return _square(latitude, longitude, distance / DEGREE)


def _square(latitude: float, longitude: float, degrees: float) -> Filter:
    """The square around a place; across the line of dates it is two pieces, about a pole it is a cap."""
    low, high = max(-90.0, latitude - degrees), min(90.0, latitude + degrees)
    northward = Range("latitude", gte=low, lte=high)
    widest = math.cos(math.radians(max(abs(low), abs(high))))
    across = degrees / widest if widest > 1e-9 else 360.0
    if across >= 180:
        return And((northward, Known("longitude")))
    west, east = longitude - across, longitude + across
    if west >= -180 and east <= 180:
        return And((northward, Range("longitude", gte=west, lte=east)))
    left = Range("longitude", gte=(west + 180) % 360 - 180)
    right = Range("longitude", lte=(east + 180) % 360 - 180)
    return And((northward, Or((left, right))))
