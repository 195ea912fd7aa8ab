"""What a file says about its picture: times, camera and place from EXIF, tolerant of broken fields."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PIL import ExifTags, Image
from PIL.ExifTags import Base

#: Where a moment may stand, best first: tag of the time, tag of its fraction of a second, tag of its offset.
_MOMENTS = (
    (Base.DateTimeOriginal, Base.SubsecTimeOriginal, Base.OffsetTimeOriginal),
    (Base.DateTimeDigitized, Base.SubsecTimeDigitized, Base.OffsetTimeDigitized),
    (Base.DateTime, Base.SubsecTime, Base.OffsetTime),
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was found; `taken_at` is seconds since 1970 as if the camera's clock were UTC, or None.

    `details` holds plain JSON values: camera, lens, taken_from (the tag), offset, latitude, longitude.
    """

    fields: int
    taken_at: float | None
    details: dict[str, Any]


def read(image: Image.Image) -> Metadata:
    """Read the EXIF of an opened picture; a broken field is left out, never an error."""
    try:
        exif = image.getexif()
        main: dict[int, Any] = dict(exif)
    except Exception:  # EXIF is written by every camera and program there ever was
        return Metadata(0, None, {})
    camera = _directory(exif, ExifTags.IFD.Exif)
    place = _directory(exif, ExifTags.IFD.GPSInfo)
    everything = {**main, **camera}
    taken_at, details = _moment(everything)
    maker, model = _text(main.get(Base.Make)), _text(main.get(Base.Model))
    details["camera"] = model if model.startswith(maker) else f"{maker} {model}".strip()
    details["lens"] = _text(camera.get(Base.LensModel))
    details |= _position(place)
    count = len(main) + len(camera) + len(place)
    return Metadata(
        count, taken_at, {key: value for key, value in details.items() if value not in ("", None)}
    )


def _directory(exif: Image.Exif, which: ExifTags.IFD) -> dict[int, Any]:
    try:
        return dict(exif.get_ifd(which))
    except Exception:  # as above: one broken directory leaves the others
        return {}


def _moment(tags: dict[int, Any]) -> tuple[float | None, dict[str, Any]]:
    for when, fraction, offset in _MOMENTS:
        text = _text(tags.get(when))[:19].replace("-", ":")
        try:
            whole = datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
        digits = _text(tags.get(fraction))
        part = float(f"0.{digits}") if digits.isascii() and digits.isdigit() else 0.0
        return whole + part, {
            "taken_from": when.name,
            "offset": _text(tags.get(offset)),
            "fraction": bool(digits),
        }
    return None, {}


def _position(place: dict[int, Any]) -> dict[str, float]:
    latitude = _degrees(place.get(ExifTags.GPS.GPSLatitude), place.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    longitude = _degrees(
        place.get(ExifTags.GPS.GPSLongitude), place.get(ExifTags.GPS.GPSLongitudeRef), "W", 180
    )
    return {} if latitude is None or longitude is None else {"latitude": latitude, "longitude": longitude}


def _degrees(value: Any, side: Any, negative: str, limit: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    angle = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(angle) or abs(angle) > limit:
        return None
    return round(-angle if _text(side).upper() == negative else angle, 7)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""
