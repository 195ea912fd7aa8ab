"""What IPTC's older form (IIM) says: captions, keywords, names and dates, as agencies have written them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pinakes.images.metadata import moments, told
from pinakes.images.metadata.moments import Moment
from pinakes.images.metadata.told import text

#: Most data sets that are read of a block.
_MOST = 5000

#: Escape sequence by which record 1 says that texts are UTF-8.
_UTF8 = b"\x1b%G"

#: Data sets of record 2, the application's.
_TITLE, _KEYWORDS, _DATE, _TIME = 5, 25, 55, 60
_DIGITISED_DATE, _DIGITISED_TIME = 62, 63
_BY_LINE, _CITY, _LOCATION, _REGION, _CODE, _COUNTRY = 80, 90, 92, 95, 100, 101
_HEADLINE, _COPYRIGHT, _CAPTION, _PROGRAM = 105, 116, 120, 65


@dataclass(frozen=True, slots=True)
class Iptc:
    """What was found: the moments by field, every other field, and the place that the author named."""

    moments: Mapping[str, tuple[Moment, str]] = field(default_factory=dict)
    layer: told.Layer = field(default_factory=dict)
    place: told.Layer = field(default_factory=dict)


def read(block: bytes) -> Iptc:
    """Read a block of data sets; one that is cut off ends the reading."""
    values: dict[int, list[str]] = {}
    for number, value in _application(block):
        values.setdefault(number, []).append(value)

    def told_by(number: int) -> str:
        return values.get(number, [""])[0]

    fields: dict[str, tuple[str, Any]] = {
        "title": ("ObjectName", told_by(_TITLE) or told_by(_HEADLINE)),
        "description": ("Caption-Abstract", told_by(_CAPTION)),
        "keywords": ("Keywords", told.texts(values.get(_KEYWORDS, []))),
        "artist": ("By-line", "; ".join(told.texts(values.get(_BY_LINE, [])))),
        "copyright": ("CopyrightNotice", told_by(_COPYRIGHT)),
        "software": ("OriginatingProgram", told_by(_PROGRAM)),
    }
    place: dict[str, tuple[str, Any]] = {
        "city": ("City", told_by(_CITY)),
        "region": ("Province-State", told_by(_REGION)),
        "country": ("Country-PrimaryLocationName", told_by(_COUNTRY)),
        "country_code": ("Country-PrimaryLocationCode", told_by(_CODE)),
        "location": ("Sub-location", told_by(_LOCATION)),
    }
    dates = {
        "created_at": (told_by(_DATE), told_by(_TIME), "IPTC:DateCreated"),
        "digitised_at": (told_by(_DIGITISED_DATE), told_by(_DIGITISED_TIME), "IPTC:DigitalCreationDate"),
    }
    return Iptc(dict(_moments(dates)), told.layer("IPTC", fields), told.layer("IPTC", place))


def _moments(dates: Mapping[str, tuple[str, str, str]]) -> Iterator[tuple[str, tuple[Moment, str]]]:
    for name, (date, time, source) in dates.items():
        moment = moments.parsed(f"{date}T{time}" if time else date)
        if moment is not None:
            yield name, (moment, source)


def _application(block: bytes) -> Iterator[tuple[int, str]]:
    utf8 = False
    for record, number, value in _data_sets(block):
        if (record, number) == (1, 90):
            utf8 = value == _UTF8
        elif record == 2:
            yield number, text(value if utf8 else _unnamed(value))


def _unnamed(value: bytes) -> bytes | str:
    # Without a named character set most programs wrote UTF-8 or the Windows of western Europe.
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def _data_sets(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    for _ in range(_MOST):
        if block[at : at + 1] != b"\x1c" or at + 5 > len(block):
            return
        record, number, length = block[at + 1], block[at + 2], int.from_bytes(block[at + 3 : at + 5])
        at += 5
        # An extended data set says in its first bytes how long it is; no field of ours needs one.
        if length & 0x8000 or at + length > len(block):
            return
        yield record, number, block[at : at + length]
        at += length
