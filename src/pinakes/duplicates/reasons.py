"""Why an asset is kept, in words: what each keeper rule says of the one it prefers, beside the next best."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Protocol

from pinakes.duplicates.places import shown
from pinakes.duplicates.types import Asset


class _Rule(Protocol):
    @property
    def pattern(self) -> str: ...


#: From the asset that a rule prefers, the next best, the rule and all that were left: words and numbers.
_Reason = Callable[[Asset, Asset, _Rule, Sequence[Asset]], tuple[str, str]]


def by_taken(left: Sequence[Asset]) -> bool:
    """Whether the times at which all were taken are known and tell them apart."""
    taken = {asset.taken_at for asset in left}
    return None not in taken and len(taken) > 1


def _why_date(kept: Asset, other: Asset, _: _Rule, left: Sequence[Asset]) -> tuple[str, str]:
    if by_taken(left):
        return "was taken first", _days(kept.taken_at, other.taken_at)
    return "is the oldest file", _days(kept.mtime_ns / 1e9, other.mtime_ns / 1e9)


def _why_newest(kept: Asset, other: Asset, *_: object) -> tuple[str, str]:
    return "is the newest file", _days(kept.mtime_ns / 1e9, other.mtime_ns / 1e9)


def _why_camera(kept: Asset, other: Asset, *_: object) -> tuple[str, str]:
    return "carries what the camera wrote", f"{_record(kept)} against {_record(other)}"


def _why_name(kept: Asset, other: Asset, *_: object) -> tuple[str, str]:
    name, others = len(os.fsencode(kept.path)), len(os.fsencode(other.path))
    if name == others:
        return "comes first in alphabetical order", f"before {shown(other.path)}"
    return "has the shortest path", f"{name} characters against {others}"


#: For each rule, what is said of the asset it prefers, and the numbers beside those of the next best.
REASONS: dict[str, _Reason] = {
    "reference": lambda *_: ("lies in a reference folder", "the others do not"),
    "path": lambda _, __, rule, ___: (f"lies in {shown(rule.pattern)}", "the others do not"),
    "not-path": lambda _, __, rule, ___: (f"does not lie in {shown(rule.pattern)}", "the others do"),
    "pixels": lambda kept, other, *_: (
        "has the most pixels",
        f"{kept.width}×{kept.height} against {other.width}×{other.height}",
    ),
    "camera": _why_camera,
    "format": lambda kept, other, rule, __: (
        f"is a {kept.format}" if rule.pattern else "has the better format",
        f"{kept.format} against {other.format}",
    ),
    "exif": lambda kept, other, *_: (
        "has the most metadata",
        f"{kept.metadata_fields} fields against {other.metadata_fields}",
    ),
    "bytes": lambda kept, other, *_: ("is the largest file", f"{kept.bytes:,} bytes against {other.bytes:,}"),
    "smallest": lambda kept, other, *_: (
        "is the smallest file",
        f"{kept.bytes:,} bytes against {other.bytes:,}",
    ),
    "date": _why_date,
    "newest": _why_newest,
    "named": lambda _, __, rule, ___: (f"is named as {shown(rule.pattern)}", "the others are not"),
    "not-named": lambda _, __, rule, ___: (f"is not named as {shown(rule.pattern)}", "the others are"),
    "no-copy": lambda _, other, *__: (
        "is not named as a copy",
        f"{shown(PurePath(other.path).name)} is",
    ),
    "name": _why_name,
}


def sentence_of(reasons: Sequence[tuple[str, str]]) -> str:
    """What is said of the asset that is kept, from what each rule that decided says of it."""
    if not reasons:
        return "Kept because there is no other."
    *before, (says, numbers) = reasons
    lead = "".join(f"{earlier}, and of those " for earlier, _ in before)
    return f"Kept because it {lead}{says}: {numbers}."


def _days(kept: float | None, other: float | None) -> str:
    precision = "seconds" if int(kept or 0) != int(other or 0) else "microseconds"
    return f"{_day(kept or 0, precision)} against {_day(other or 0, precision)}"


def _day(seconds: float, precision: str) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(" ", precision).removesuffix("+00:00")
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s"


def _record(asset: Asset) -> str:
    parts = [asset.camera, "a date" if asset.taken_at is not None else ""]
    return " and ".join(shown(part) for part in parts if part) or "nothing"
