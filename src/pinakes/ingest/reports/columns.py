"""What a report says of a file: its columns, declared once for every format."""

from __future__ import annotations

import base64
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

#: A value in a report: a moment is a `datetime` in UTC, a list holds texts.
Value = str | int | float | bool | datetime | list[str] | None

#: Whole numbers that every format keeps.
_LARGEST = 2**63 - 1


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    TEXTS = "texts"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of one file.

    `asset`, `content` and `group`, which is of the last review, are rows of their tables, the second and
    third of None where there is none. `told` is the content's metadata; `texts` are by kind and model.
    """

    asset: Mapping[str, Any]
    content: Mapping[str, Any]
    told: Mapping[str, Any]
    group: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, str]]
    failures: list[str]
    indexes: list[str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds, what that means, and where it comes from."""

    name: str
    kind: Kind
    meaning: str
    find: Callable[[Known], Any]

    def value(self, known: Known) -> Value:
        """What the column says of a file; nothing where the value is not of the column's kind."""
        return _MADE[self.kind](self.find(known))


def _asset(name: str, kind: Kind, meaning: str) -> Column:
    return Column(name, kind, meaning, lambda known: known.asset[name])


def _content(name: str, kind: Kind, meaning: str) -> Column:
    return Column(name, kind, meaning, lambda known: known.content.get(name))


def _told(name: str, kind: Kind, meaning: str) -> Column:
    return Column(name, kind, meaning, lambda known: known.told.get(name))


def _source(name: str, field: str) -> Column:
    meaning = f"Where {field} was found."
    return Column(name, Kind.TEXT, meaning, lambda known: _part(known.told.get("sources"), field))


def _place(part: str, name: str, kind: Kind, meaning: str) -> Column:
    return Column(name, kind, meaning, lambda known: _part(known.told.get("place"), part))


def _group(name: str, field: str, kind: Kind, meaning: str) -> Column:
    return Column(name, kind, meaning, lambda known: known.group.get(field))


#: The columns, in the order of every format.
COLUMNS: tuple[Column, ...] = (
    _asset("path", Kind.TEXT, "Where the file lies."),
    Column(
        "path_base64",
        Kind.TEXT,
        "The path's bytes in base64, where they are no UTF-8 and `path` can only show them escaped.",
        lambda known: _base64(known.asset["path"]),
    ),
    _asset("outcome", Kind.TEXT, "stored, skipped or refused."),
    _asset("reason", Kind.TEXT, "Why it was skipped or refused."),
    _asset("detail", Kind.TEXT, "The same as a sentence."),
    _asset("missing", Kind.FLAG, "Whether the last scan did not find it any more."),
    _asset("bytes", Kind.INTEGER, "Size of the file."),
    Column(
        "modified_at",
        Kind.MOMENT,
        "The file's time of change, UTC.",
        lambda known: known.asset["mtime_ns"] / 1e9,
    ),
    _asset("sha256", Kind.TEXT, "SHA-256 of the file, hexadecimal."),
    _content("format", Kind.TEXT, "JPEG, PNG, HEIF, …"),
    _content("mode", Kind.TEXT, "Kind of its pixels, as Pillow names it."),
    _content("width", Kind.INTEGER, "Pixels, upright."),
    _content("height", Kind.INTEGER, "Pixels, upright."),
    _content("frames", Kind.INTEGER, "Pictures in the file."),
    _told("colour_profile", Kind.TEXT, "Name of its ICC profile."),
    _told("orientation", Kind.INTEGER, "EXIF's, 1 to 8, already applied to width and height."),
    _told("taken_at", Kind.TEXT, "When it was taken, ISO 8601, as precisely as is known."),
    _told("taken_at_utc", Kind.MOMENT, "The same in UTC, where the offset is known."),
    _told("offset", Kind.TEXT, "Its offset from UTC, as +02:00."),
    _told("zone", Kind.TEXT, "How the offset is known: stated, position, gps-clock, absent."),
    _told("zone_name", Kind.TEXT, "The time zone, as Europe/Berlin."),
    _source("taken_at_source", "taken_at"),
    _told("latitude", Kind.NUMBER, "Degrees, south negative."),
    _told("longitude", Kind.NUMBER, "Degrees, west negative."),
    _told("altitude", Kind.NUMBER, "Metres above the sea."),
    _source("position_source", "latitude"),
    _place("city", "city", Kind.TEXT, "The town, as told or the nearest."),
    _place("region", "region", Kind.TEXT, "Its region."),
    _place("country", "country", Kind.TEXT, "Its country."),
    _place("country_code", "country_code", Kind.TEXT, "The country's two letters."),
    _source("place_source", "place"),
    _told("camera", Kind.TEXT, "Maker and model."),
    _told("lens", Kind.TEXT, "The lens."),
    _told("focal_length", Kind.NUMBER, "Millimetres."),
    _told("aperture", Kind.NUMBER, "The f-number."),
    _told("exposure_seconds", Kind.NUMBER, "Seconds."),
    _told("iso", Kind.INTEGER, "ISO speed."),
    _told("software", Kind.TEXT, "The program that wrote it."),
    _told("title", Kind.TEXT, "Its title."),
    _told("description", Kind.TEXT, "Its description."),
    _told("artist", Kind.TEXT, "Who made it."),
    _told("copyright", Kind.TEXT, "Whose rights are claimed."),
    _told("keywords", Kind.TEXTS, "Its tags."),
    _told("rating", Kind.INTEGER, "0 to 5, -1 for rejected."),
    _told("sidecar", Kind.TEXT, "Name of the sidecar that was read."),
    Column("caption", Kind.TEXT, "What a model says it shows.", lambda known: _words(known, "caption")),
    Column("caption_by", Kind.TEXTS, "The models that say so.", lambda known: [*known.texts["caption"]]),
    Column("text", Kind.TEXT, "The words a model read in it.", lambda known: _words(known, "text")),
    Column("text_by", Kind.TEXTS, "The models that read them.", lambda known: [*known.texts["text"]]),
    Column(
        "indexed_in",
        Kind.TEXTS,
        "The indexes that find it; collections have their model's name.",
        lambda known: known.indexes,
    ),
    Column("failures", Kind.TEXTS, "What models refused, and why.", lambda known: known.failures),
    Column("perceptual_hash", Kind.TEXT, "Hash of its look, hexadecimal.", lambda known: _hex(known)),
    _group("duplicate_group", "id", Kind.TEXT, "The group of duplicates it is in, in the last review."),
    _group("duplicate_tier", "tier", Kind.TEXT, "The evidence: bytes, pixels, hash, copy, similar."),
    _group("duplicate_keep", "keep", Kind.FLAG, "Whether it is the one to keep."),
)


def _base64(path: str) -> str | None:
    raw = os.fsencode(path)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode("ascii")
    return None


def _part(whole: Any, name: str) -> Any:
    return whole.get(name) if isinstance(whole, Mapping) else None


def _words(known: Known, kind: str) -> str | None:
    return "\n".join(filter(None, known.texts[kind].values())) or None


def _hex(known: Known) -> str | None:
    found = known.content.get("perceptual_hash")
    return found.hex() if isinstance(found, bytes) else None


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, list | dict) else str(value)


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _integer(value: Any) -> int | None:
    number = _number(value)
    return None if number is None or abs(number) > _LARGEST else int(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _flag(value: Any) -> bool | None:
    return None if value is None else bool(value)


def _moment(value: Any) -> datetime | None:
    try:
        return None if value is None else datetime.fromtimestamp(value, UTC)
    except (TypeError, ValueError, OverflowError, OSError):  # a year that no calendar here has
        return None


_MADE: dict[Kind, Callable[[Any], Value]] = {
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
    Kind.MOMENT: _moment,
}
