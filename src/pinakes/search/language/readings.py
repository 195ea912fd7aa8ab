"""What the values of each kind of field mean: words, numbers, dates, places on the map, pictures, folders."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pinakes.core.errors import NotUnderstood
from pinakes.core.filters import And, Filter, Known, Match, Or, Range
from pinakes.core.payload import LARGEST_INTEGER, LONGEST_WORD
from pinakes.search.language.line import Piece
from pinakes.search.language.moments import NAMED, span
from pinakes.search.language.numbers import BOUNDS, BYTES, PIXELS, bounded, number_range, quantity
from pinakes.search.question import Picture, Region, Term

#: The known values of a field, by its name, that have a word beginning as was typed; likeliest first.
Values = Callable[[str, str], Sequence[str]]

#: Length of a degree of latitude, in kilometres.
DEGREE = 111.195

#: Units of a distance, in kilometres.
DISTANCES: Mapping[str, float] = {"": 1, "m": 0.001, "km": 1, "mi": 1.609344}

#: Shortest span of a date that is no single moment, in seconds.
SHORTEST = 1.0

#: Most values that a word for a camera or a lens may stand for.
MOST_MEANT = 200

#: Names of formats that files are often called by, and how the library calls them.
FORMATS: Mapping[str, str] = {"jpg": "jpeg", "tif": "tiff", "heic": "heif", "jpe": "jpeg"}

_CONTENT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Context:
    """What a reading may ask: the clock on the wall, and the values that the library knows."""

    now: datetime
    values: Values | None = None


@dataclass(frozen=True, slots=True)
class Below:
    """Pictures below any of these directories."""

    paths: tuple[str, ...]


#: What a condition can turn out to be: a filter, a picture to look like, directories.
Meaning = Filter | Term | Below


class Reading(Protocol):
    """How the values of a field are read; `payload` is what it is a condition on, where it is one field."""

    @property
    def payload(self) -> str:
        """The field of the payload, or empty."""
        ...

    @property
    def choices(self) -> tuple[str, ...]:
        """Values to suggest whatever the library holds."""
        ...

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Meaning:
        """The meaning of the values, which commas part; raises `NotUnderstood`."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the payload, any of them.

    Where `partial`, the words that the library knows and that begin so; where `closed`, only the choices.
    """

    payload: str
    choices: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    partial: bool = False
    closed: bool = False

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """Any of the words, in small letters."""
        wanted = [word for piece in pieces for word in self._meant(name, piece, context)]
        return Match(self.payload, tuple(dict.fromkeys(wanted)))

    def _meant(self, name: str, piece: Piece, context: Context) -> Sequence[str]:
        exact = self.partial and piece.text.startswith("=")
        word = piece.text.removeprefix("=").strip().lower() if exact else piece.text.strip().lower()
        if not word or len(word) > LONGEST_WORD:
            raise piece.problem(f"“{name}:” takes words of 1 to {LONGEST_WORD} characters")
        word = self.renamed.get(word, word)
        if self.closed and word not in self.choices:
            raise _not_one_of(name, piece, self.choices)
        if not self.partial or exact or context.values is None:
            return [word]
        return list(context.values(name, word))[:MOST_MEANT] or [word]


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number: one, any of several, or a range."""

    payload: str
    units: Mapping[str, float] = field(default_factory=lambda: {"": 1})
    choices: tuple[str, ...] = ()

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """A match of single numbers, a range, or any of them."""
        return _any_of([self._one(piece) for piece in pieces])

    def _one(self, piece: Piece) -> Filter:
        asked = number_range(self.payload, piece, self.units, about=True)
        if asked.gte is None or asked.gte != asked.lte:
            return asked
        if not asked.gte.is_integer() or abs(asked.gte) > LARGEST_INTEGER:
            raise piece.problem(f"“{piece.text}” is no whole number that is kept")
        return Match(self.payload, (int(asked.gte),))


@dataclass(frozen=True, slots=True)
class Number:
    """A measured number: a range."""

    payload: str
    choices: tuple[str, ...] = ()

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """A range, or any of several."""
        return _any_of([number_range(self.payload, piece, {"": 1}) for piece in pieces])


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of a picture: its area in pixels, or its file in bytes, as the unit says."""

    payload: str = ""
    choices: tuple[str, ...] = (">2MP", ">12MP", "<1MP", ">5MB", "<1MB")

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """A range of `pixels` or of `bytes`."""
        return _any_of([self._one(piece) for piece in pieces])

    def _one(self, piece: Piece) -> Filter:
        cut = bounded(piece)
        units = {
            quantity(end, {**PIXELS, **BYTES}).unit in PIXELS
            for end in (cut.low, cut.high)
            if end is not None
        }
        if len(units) != 1:
            raise piece.problem("A range is of pixels or of bytes, not of both")
        payload, known = ("pixels", PIXELS) if units == {True} else ("bytes", BYTES)
        return number_range(payload, piece, known, about=True)


@dataclass(frozen=True, slots=True)
class Date:
    """When a picture was taken, by the camera's clock."""

    payload: str = "taken_at"
    choices: tuple[str, ...] = NAMED

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """A range of seconds, or any of several."""
        return _any_of([self._one(piece, context.now) for piece in pieces])

    def _one(self, piece: Piece, now: datetime) -> Range:
        cut = bounded(piece)
        low = span(cut.low, now) if cut.low is not None else None
        high = span(cut.high, now) if cut.high is not None else None
        if cut.comparison in BOUNDS and low is not None:
            # After 2019 is from the first moment of 2020; up to 2019 ends with its last.
            bound = low.start if cut.comparison in (">=", "<") else low.end
            instant = low.start == low.end
            way = BOUNDS[cut.comparison] if instant else "gte" if cut.comparison.startswith(">") else "lt"
            return Range(self.payload, **{way: bound})
        if low is not None and high is not None and low.start > max(high.start, high.end - SHORTEST):
            raise piece.problem("This range ends before it begins")
        last = {} if high is None else {"lte" if high.start == high.end else "lt": high.end}
        return Range(self.payload, gte=low.start if low else None, **last)


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


@dataclass(frozen=True, slots=True)
class Has:
    """That something is known of the picture."""

    known: Mapping[str, str]
    payload: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be known."""
        return tuple(self.known)

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """Any of these is known."""
        return _any_of([Known(_chosen(name, piece, self.known)) for piece in pieces])


@dataclass(frozen=True, slots=True)
class Like:
    """A picture of the library to look like: `asset:123`, or the SHA-256 of its file; `@` gives a region."""

    payload: str = ""
    choices: tuple[str, ...] = ("asset:",)

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Term:
        """A term of weight 1."""
        first, _, corner = pieces[0].text.partition("@")
        region = self._region(pieces, corner) if corner or len(pieces) > 1 else None
        number = first.lower().removeprefix("asset:")
        if _CONTENT.fullmatch(first.lower()):
            return Term(picture=Picture(sha256=first.lower(), region=region))
        if re.fullmatch(r"[0-9]{1,16}", number) and int(number) <= LARGEST_INTEGER:
            return Term(picture=Picture(asset=int(number), region=region))
        raise pieces[0].problem(
            f"“{first}” is no picture of a library", remedy="As in like:asset:123, or like: and a SHA-256."
        )

    def _region(self, pieces: Sequence[Piece], corner: str) -> Region:
        place = pieces[0].text.find("@") + 1
        shares = [pieces[0].part(place, place + len(corner)), *pieces[1:]]
        left, top, width, height = _shares(shares) if len(shares) == 4 else (-1.0,) * 4
        if not (left >= 0 <= top and width > 0 < height and left + width <= 1 and top + height <= 1):
            raise pieces[0].problem(
                "A region is its left, top, width and height as shares of the picture",
                remedy="As in like:asset:123@0.1,0.2,0.5,0.5.",
            )
        return Region(left, top, width, height)


@dataclass(frozen=True, slots=True)
class Folder:
    """Directories that pictures lie below, at any depth."""

    payload: str = ""
    choices: tuple[str, ...] = ()

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Below:
        """Any of the directories."""
        for piece in pieces:
            if not piece.text.strip():
                raise piece.problem("A folder's name is missing", remedy="As in folder:holiday/2019.")
        return Below(tuple(piece.text for piece in pieces))


def _any_of(filters: Sequence[Filter]) -> Filter:
    matches = [each for each in filters if isinstance(each, Match)]
    if len(matches) == len(filters) > 1:
        return Match(
            matches[0].field, tuple(dict.fromkeys(value for each in matches for value in each.any_of))
        )
    return filters[0] if len(filters) == 1 else Or(tuple(filters))


def _chosen(name: str, piece: Piece, choices: Mapping[str, str]) -> str:
    try:
        return choices[piece.text.strip().lower()]
    except KeyError:
        raise _not_one_of(name, piece, choices) from None


def _not_one_of(name: str, piece: Piece, choices: Iterable[str]) -> NotUnderstood:
    return piece.problem(f"“{name}:{piece.text}” is unknown", remedy=f"It may be {', '.join(choices)}.")


def _shares(pieces: Sequence[Piece]) -> list[float]:
    return [quantity(piece, {"": 1}).value for piece in pieces]


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
