"""Readings of values that are measured: whole numbers, degrees, sizes, dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pinakes.core.filters import Filter, Match, Range
from pinakes.core.payload import LARGEST_INTEGER
from pinakes.search.language.line import Piece
from pinakes.search.language.moments import NAMED, span
from pinakes.search.language.numbers import BOUNDS, BYTES, PIXELS, bounded, number_range, quantity
from pinakes.search.language.reading import Context, any_of

#: Shortest span of a date that is no single moment, in seconds.
SHORTEST = 1.0


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number: one, any of several, or a range."""

    payload: str
    units: Mapping[str, float] = field(default_factory=lambda: {"": 1})
    choices: tuple[str, ...] = ()

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """A match of single numbers, a range, or any of them."""
        return any_of([self._one(piece) for piece in pieces])

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
        return any_of([number_range(self.payload, piece, {"": 1}) for piece in pieces])


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of a picture: its area in pixels, or its file in bytes, as the unit says."""

    payload: str = ""
    choices: tuple[str, ...] = (">2MP", ">12MP", "<1MP", ">5MB", "<1MB")

    def read(self, name: str, pieces: Sequence[Piece], context: Context) -> Filter:
        """A range of `pixels` or of `bytes`."""
        return any_of([self._one(piece) for piece in pieces])

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
        return any_of([self._one(piece, context.now) for piece in pieces])

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
