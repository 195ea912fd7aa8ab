"""Where on Earth: degrees, metres and the satellites' clock, from EXIF's directory and from XMP's texts."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL.ExifTags import GPS

from pinakes.images.metadata.moments import Moment
from pinakes.images.metadata.told import Told, number, text

#: XMP's form of an angle: `50,3.1234N` or `50,3,7N`, or plain degrees with or without a letter.
_WRITTEN = re.compile(
    r"([+-]?\d{1,3}(?:\.\d+)?)(?:,(\d{1,3}(?:\.\d+)?))?(?:,(\d{1,3}(?:\.\d+)?))?\s*([NSEWnsew]?)"
)


def from_exif(place: Mapping[int, Any]) -> dict[str, Told]:
    """Return latitude, longitude and direction (degrees), altitude (metres) and gps_at of GPS tags."""
    found: dict[str, Told] = {}
    latitude = _angle(place.get(GPS.GPSLatitude), place.get(GPS.GPSLatitudeRef), "S", 90)
    longitude = _angle(place.get(GPS.GPSLongitude), place.get(GPS.GPSLongitudeRef), "W", 180)
    found |= _pair(latitude, longitude, "EXIF:GPSLatitude", "EXIF:GPSLongitude")
    # Above or below the sea: 0, 1, and since EXIF 3 also 2 and 3 of another reference surface.
    below = place.get(GPS.GPSAltitudeRef) in ((1,), (3,), b"\x01", b"\x03")
    altitude = _altitude(number(place.get(GPS.GPSAltitude)), below=below)
    if altitude is not None:
        found["altitude"] = Told(altitude, "EXIF:GPSAltitude")
    direction = number(place.get(GPS.GPSImgDirection))
    if direction is not None and 0 <= direction <= 360:
        found["direction"] = Told(round(direction, 2), "EXIF:GPSImgDirection")
    clock = _clock(place.get(GPS.GPSDateStamp), place.get(GPS.GPSTimeStamp))
    if clock is not None:
        found["gps_at"] = Told(Moment(clock, "+00:00", bool(clock.microsecond)).written, "EXIF:GPSTimeStamp")
    return found


def from_xmp(source: str, latitude: Any, longitude: Any, altitude: Any, reference: Any) -> dict[str, Told]:
    """Return latitude, longitude and altitude of the texts of XMP's exif:GPS… properties."""
    north, east = _from_text(text(latitude), "S", 90), _from_text(text(longitude), "W", 180)
    found = _pair(north, east, f"{source}:exif:GPSLatitude", f"{source}:exif:GPSLongitude")
    height = _altitude(number(altitude), below=text(reference) in ("1", "3"))
    if height is not None:
        found["altitude"] = Told(height, f"{source}:exif:GPSAltitude")
    return found


def _pair(latitude: float | None, longitude: float | None, north: str, east: str) -> dict[str, Told]:
    # Programs that lost their place write zeros; there is nothing to photograph there but the sea.
    if latitude is None or longitude is None or latitude == longitude == 0:
        return {}
    return {"latitude": Told(latitude, north), "longitude": Told(longitude, east)}


def _angle(value: Any, side: Any, negative: str, limit: int) -> float | None:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or len(value) != 3:
        return None
    parts = [number(part) for part in value]
    # Some write degrees alone, and nothing over nothing for minutes and seconds.
    degrees, minutes, seconds = parts[0], parts[1] or 0.0, parts[2] or 0.0
    if degrees is None:
        return None
    return _limited(degrees + minutes / 60 + seconds / 3600, text(side).upper()[:1] == negative, limit)


def _from_text(written: str, negative: str, limit: int) -> float | None:
    match = _WRITTEN.fullmatch(written[:64])
    if match is None:
        return None
    degrees, minutes, seconds, side = match.groups()
    angle = abs(float(degrees)) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return _limited(angle, degrees.startswith("-") != (side.upper() == negative), limit)


def _limited(angle: float, minus: bool, limit: int) -> float | None:
    if not math.isfinite(angle) or abs(angle) > limit:
        return None
    return round(-angle if minus else angle, 7)


def _altitude(metres: float | None, *, below: bool) -> float | None:
    if metres is None or abs(metres) > 100_000:
        return None
    return round(-abs(metres) if below else metres, 2)


def _clock(date: Any, time: Any) -> datetime | None:
    parts = [number(part) for part in time] if isinstance(time, tuple) and len(time) == 3 else []
    if None in parts or not parts:
        return None
    try:
        day = datetime.strptime(text(date)[:10].replace("-", ":"), "%Y:%m:%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    hours, minutes, seconds = (part or 0.0 for part in parts)
    if day.year < 1980 or not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 61):
        return None
    return (day + timedelta(hours=hours, minutes=minutes, seconds=seconds)).replace(tzinfo=None)
