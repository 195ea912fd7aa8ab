"""One value and the tag it came from, and how the tellings of several sources become one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Longest text, and longest list of texts, that is kept of one field, in bytes of UTF-8.
LONGEST_TEXT = 16 * 1024

#: Most entries of a list that are kept, such as keywords or faces.
LONGEST_LIST = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """A plain JSON value, and the tag that told it, such as `EXIF:DateTimeOriginal`."""

    value: Any
    source: str


#: What one source tells: fields of `Metadata.details` to values.
Layer = Mapping[str, Told]


def first(layers: Iterable[Layer], fields: Iterable[str]) -> dict[str, Told]:
    """Return what the earliest of `layers` tells of each field; fields that nobody tells are left out."""
    ordered = tuple(layers)
    found = {field: next((told[field] for told in ordered if field in told), None) for field in fields}
    return {field: told for field, told in found.items() if told is not None}


def layer(source: str, values: Mapping[str, tuple[str, Any]]) -> dict[str, Told]:
    """Return a layer from fields to (tag, value), without those whose value is nothing."""
    return {
        field: Told(value, f"{source}:{tag}")
        for field, (tag, value) in values.items()
        if value is not None and value not in ("", [])
    }


def text(value: Any) -> str:
    """Return text to its first NUL, without outer blanks; bytes are UTF-8 or Latin-1, anything else empty."""
    if isinstance(value, bytes):
        value = _decoded(value)
    if not isinstance(value, str):
        return ""
    # A surrogate alone cannot be stored as UTF-8.
    encoded = value.split("\x00", 1)[0].strip().encode("utf-8", "replace")
    return encoded[:LONGEST_TEXT].decode("utf-8", "ignore")


def texts(values: Iterable[Any]) -> list[str]:
    """Return distinct texts that are not empty, in order, at most `LONGEST_LIST` and `LONGEST_TEXT`."""
    found: dict[str, None] = {}
    room = LONGEST_TEXT
    for value in values:
        word = text(value)
        room -= len(word.encode())
        if room < 0 or len(found) >= LONGEST_LIST:
            break
        if word:
            found[word] = None
    return list(found)


def octets(value: Any) -> bytes:
    """Return bytes of bytes, or of a tuple of numbers that fit; of anything else none."""
    if isinstance(value, tuple) and all(isinstance(part, int) and 0 <= part < 256 for part in value):
        return bytes(value)
    return value if isinstance(value, bytes) else b""


def number(value: Any) -> float | None:
    """Return a finite number from a number, its text, a fraction such as `1/250`, or a one-entry list."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes) and len(value) == 1:
        value = value[0]
    try:
        if isinstance(value, str) and "/" in value:
            above, below = value.split("/", 1)
            value = float(above) / float(below)
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def positive(value: Any) -> float | None:
    """Return a finite number above zero, to six significant digits, or None."""
    found = number(value)
    return float(f"{found:.6g}") if found is not None and found > 0 else None


def whole(value: Any, low: int, high: int) -> int | None:
    """Return a whole number in `low`…`high`, or None."""
    found = number(value)
    return int(found) if found is not None and low <= found <= high and found == int(found) else None


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
