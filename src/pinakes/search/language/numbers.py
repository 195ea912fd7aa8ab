"""Numbers as they are typed, with units and bounds: 4, >=4, 2..5, >2MP, <1.5MB."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pinakes.core.filters import Range
from pinakes.search.language.line import Piece

#: Units of a picture's area, in pixels, and of a file's length, in bytes; small letters.
PIXELS: Mapping[str, float] = {"px": 1, "kp": 1e3, "mp": 1e6, "mpx": 1e6, "gp": 1e9}
BYTES: Mapping[str, float] = {
    **{"b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9},
    **{"kib": 2**10, "mib": 2**20, "gib": 2**30},
}

#: Names of a comparison's bound.
BOUNDS = {">=": "gte", ">": "gt", "<=": "lte", "<": "lt"}

_COMPARED = re.compile(r"(>=|<=|>|<|=)?(.*)", re.DOTALL)

_NUMBER = re.compile(r"([-+]?(?=\.?\d)\d{0,400}(?:\.(\d{1,400}))?(?:[eE][-+]?\d{1,3})?)\s*([A-Za-z]*)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in its base unit, the unit it was typed in, and half of the last digit that was typed."""

    value: float
    unit: str
    half: float


@dataclass(frozen=True, slots=True)
class Bounded:
    """A typed range, cut: a comparison with its one piece twice, or `..` with both ends, one perhaps open."""

    comparison: str
    low: Piece | None
    high: Piece | None


def bounded(piece: Piece) -> Bounded:
    """Cut `>=4`, `2..5`, `..5`, `2..`, or `4`; a lone value is both ends of `=`."""
    before, dots, after = piece.text.partition("..")
    if dots:
        low = piece.part(0, len(before)) if before else None
        high = piece.part(len(before) + 2, len(piece.text)) if after else None
        low = with_unit(low, high) if low is not None and high is not None else low
        if low is None and high is None:
            raise piece.problem("A range needs at least one end", remedy="As in 2..5, 2.. or ..5.")
        return Bounded("..", low, high)
    found = _COMPARED.fullmatch(piece.text)
    comparison, start = (found[1] or "=", found.start(2)) if found else ("=", 0)
    value = piece.part(start, len(piece.text))
    return Bounded(comparison, value, value)


def quantity(piece: Piece, units: Mapping[str, float]) -> Quantity:
    """A number with a unit, or without one where `units` has the empty name.

    Raises:
        NotUnderstood: it is no number, or of another unit.
    """
    found = _NUMBER.fullmatch(piece.text.strip())
    if found is None:
        raise piece.problem(f"“{piece.text}” is no number", remedy=f"As in 4, >=4, 2..5{_as_in(units)}.")
    unit = found[3].lower()
    if unit not in units:
        raise piece.problem(
            f"“{found[3]}” is no unit here" if unit else "A unit is missing",
            remedy=f"It may be {', '.join(unit for unit in units if unit)}.",
        )
    value = float(found[1]) * units[unit]
    if not abs(value) < float("inf"):
        raise piece.problem("This number is too large")
    return Quantity(value, unit, units[unit] * 10.0 ** -len(found[2] or "") / 2)


def with_unit(low: Piece, high: Piece) -> Piece:
    """The lower end of a range with the unit of the upper, where it has none: 2..5MP."""
    unit = _NUMBER.fullmatch(high.text.strip())
    bare = _NUMBER.fullmatch(low.text.strip())
    return replace(low, text=low.text + unit[3]) if unit and bare and not bare[3] else low


def number_range(field: str, piece: Piece, units: Mapping[str, float], *, about: bool = False) -> Range:
    """The condition that a typed range makes; `about` lets a lone value stand for what rounds to it."""
    cut = bounded(piece)
    low = quantity(cut.low, units) if cut.low is not None else None
    high = quantity(cut.high, units) if cut.high is not None else None
    if cut.comparison in BOUNDS and low is not None:
        return Range(field, **{BOUNDS[cut.comparison]: low.value})
    if cut.comparison == "=" and about and low is not None and units[low.unit] > 1:
        return Range(field, gte=low.value - low.half, lt=low.value + low.half)
    if low is not None and high is not None and low.value > high.value:
        raise piece.problem("This range ends before it begins")
    return Range(field, gte=low.value if low else None, lte=high.value if high else None)


def _as_in(units: Mapping[str, float]) -> str:
    named = [unit for unit in units if unit]
    return f", with {', '.join(named)}" if named else ""
