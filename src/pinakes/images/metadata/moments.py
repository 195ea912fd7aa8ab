"""Moments as sources write them: wall-clock time, fraction of a second, and offset from UTC where told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

#: Years that a picture's clock may honestly say; scans of old prints are dated back by their owners.
FIRST_YEAR, LAST_YEAR = 1800, 2200

#: Date with - or : or nothing between, time after a blank or T, fraction, offset; the time may be missing.
_WRITTEN = re.compile(
    r"(\d{4})[-:]?(\d\d)[-:]?(\d\d)"
    r"(?:[T ]+(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9})\d*)?)?\s*(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d):?(\d\d)", re.ASCII)

#: Names that cameras, phones and programs give: a date, and a time where there is one.
_NAMED = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)"
    r"(?:(?:[-_. T]|_at_| at )*(\d\d)[-_.:hH]?(\d\d)[-_.:mM]?(\d\d)(?:[-_.]?(\d{3}))?(?!\d))?(?!\d)",
    re.ASCII,
)

#: Offsets in use lie within these, and fall on quarters of an hour.
_WIDEST = timedelta(hours=14)
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall-clock time without a zone; `offset` is as `+02:00`, empty where none is told.

    `fraction` says whether the source told parts of a second, `timed` whether it told more than the date,
    `offset_source` which tag told the offset, where it was another than told the time.
    """

    wall: datetime
    offset: str = ""
    fraction: bool = False
    timed: bool = True
    offset_source: str = ""

    @property
    def seconds(self) -> float:
        """Seconds since 1970 as if the wall clock were UTC."""
        return self.wall.replace(tzinfo=UTC).timestamp()

    @property
    def written(self) -> str:
        """ISO 8601 with what is known, from `2024-05-01` to `2024-05-01T10:00:30.250+02:00`."""
        if not self.timed:
            return self.wall.date().isoformat()
        precision = (
            "seconds"
            if not self.fraction
            else "microseconds"
            if self.wall.microsecond % 1000
            else "milliseconds"
        )
        return self.wall.isoformat(timespec=precision) + self.offset

    def same_second(self, other: Moment) -> bool:
        """Whether both tell the same wall-clock second."""
        return (
            self.timed
            and other.timed
            and self.wall.replace(microsecond=0) == other.wall.replace(microsecond=0)
        )


def parsed(written: str, fraction: str = "", offset: str = "") -> Moment | None:
    """Read an EXIF, XMP or IPTC moment; None where it is none, as with blanks, zeros and day 32.

    EXIF tells the fraction and the offset in tags of their own; what `written` itself tells goes first.
    """
    match = _WRITTEN.match(written.strip()[:64])
    if match is None:
        return None
    year, month, day, hour, minute, second, parts, zone = match.groups()
    parts = parts or (fraction[:9] if fraction.isascii() and fraction.isdigit() else "")
    wall = _wall(year, month, day, hour or "0", minute or "0", second or "0", parts)
    if wall is None:
        return None
    return Moment(wall, offset_of(zone or offset), bool(parts), hour is not None)


def named(name: str) -> Moment | None:
    """Read the moment in a file's name, as in `IMG_20240501_100030.jpg` or `2024-05-01 10.00.30.jpg`."""
    match = _NAMED.search(name[:255])
    if match is None:
        return None
    year, _, month, day, hour, minute, second, parts = match.groups()
    wall = _wall(year, month, day, hour or "0", minute or "0", second or "0", parts or "")
    return None if wall is None else Moment(wall, "", bool(parts), hour is not None)


def offset_of(written: str) -> str:
    """Return an offset as `+02:00` from `+0200`, `UTC+2:00` and the like, `+00:00` from `Z`, or nothing."""
    if written.strip() == "Z":
        return "+00:00"
    match = _OFFSET.fullmatch(written.strip())
    if match is None:
        return ""
    sign, hours, minutes = match.groups()
    fits = int(minutes) < 60 and timedelta(hours=int(hours), minutes=int(minutes)) <= _WIDEST
    return f"{sign}{hours}:{minutes}" if fits else ""


def offset_between(wall: datetime, utc: datetime) -> str:
    """Return the offset that a wall clock had from a UTC clock read at the same moment, or nothing.

    The two may differ by three minutes from a quarter of an hour: the camera's clock drifts, and the
    satellites were last heard some time before.
    """
    apart = wall.replace(tzinfo=UTC) - utc.astimezone(UTC)
    quarters = round(apart / _QUARTER)
    rounded = quarters * _QUARTER
    if abs(rounded) > _WIDEST or abs(apart - rounded) > timedelta(minutes=3):
        return ""
    return written_offset(rounded)


def written_offset(offset: timedelta) -> str:
    """Return an offset as `+02:00`, to the minute."""
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def utc_of(moment: Moment) -> float | None:
    """Seconds since 1970, UTC, of a moment whose offset is told; else None."""
    if not moment.offset:
        return None
    sign = -1 if moment.offset[0] == "-" else 1
    offset = sign * timedelta(hours=int(moment.offset[1:3]), minutes=int(moment.offset[4:]))
    return moment.wall.replace(tzinfo=timezone(offset)).timestamp()


def _wall(
    year: str, month: str, day: str, hour: str, minute: str, second: str, parts: str
) -> datetime | None:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    try:
        # A leap second, and the 60 that some cameras write, is the last second of its minute.
        wall = datetime(int(year), int(month), int(day), int(hour), int(minute), min(int(second), 59))
        return wall.replace(microsecond=int(f"{parts:0<6}"[:6])) if int(second) <= 60 else None
    except ValueError:
        return None
