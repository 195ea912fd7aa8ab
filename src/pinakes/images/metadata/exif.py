"""What EXIF says: times, camera, exposure, position and words, a broken tag costing only itself."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL.ExifTags import IFD, Base

from pinakes.images.metadata import moments, position, told
from pinakes.images.metadata.moments import Moment
from pinakes.images.metadata.tiff import Directory, Tags
from pinakes.images.metadata.told import Told, number, octets, positive, text, whole

#: Fields of time, each with its tag, the tag of its fraction of a second, and the tag of its offset.
_MOMENTS = {
    "created_at": (Base.DateTimeOriginal, Base.SubsecTimeOriginal, Base.OffsetTimeOriginal),
    "digitised_at": (Base.DateTimeDigitized, Base.SubsecTimeDigitized, Base.OffsetTimeDigitized),
    "modified_at": (Base.DateTime, Base.SubsecTime, Base.OffsetTime),
}

#: Names of the values of EXIF's ColorSpace.
_COLOUR_SPACES = {1: "sRGB", 2: "Adobe RGB", 0xFFFF: "uncalibrated"}

#: Words that cameras write where a person's words belong.
_MADE_UP = frozenset(
    "olympus digital camera|digital camera|samsung|sony dsc|dsc|minolta digital camera|kodak|image|"
    "exif_jpeg_picture|untitled|screenshot|user comments|sanyo digital camera|konica minolta digital camera|"
    "asus|dcim|camera|default|none".split("|")
)

#: Tags in Apple's notes: what joins the frames of a burst, and a live photo to its film.
_APPLE_BURST, _APPLE_FILM = 0x0B, 0x11


@dataclass(frozen=True, slots=True)
class Exif:
    """What was found: how many tags there are, the moments by field, and every other field."""

    count: int = 0
    moments: Mapping[str, tuple[Moment, str]] = field(default_factory=dict)
    layer: told.Layer = field(default_factory=dict)


def read(tags: Tags) -> Exif:
    """Read the main directory and those of camera and position."""
    main = tags.directory(tags.first)
    camera = tags.directory(main.get(IFD.Exif))
    place = tags.directory(main.get(IFD.GPSInfo))
    # Programs that know no directories put all into the first.
    everything = {**main, **camera}
    fields = {**_camera(main, everything), **_exposure(everything), **_words(main, everything)}
    return Exif(
        len(main) + len(camera) + len(place),
        _moments(everything),
        {**told.layer("EXIF", fields), **position.from_exif(place), **_apple(everything.get(Base.MakerNote))},
    )


def _moments(tags: Directory) -> dict[str, tuple[Moment, str]]:
    found = {}
    for name, (when, fraction, offset) in _MOMENTS.items():
        moment = moments.parsed(text(tags.get(when)), text(tags.get(fraction)), text(tags.get(offset)))
        if moment is not None:
            found[name] = (moment, f"EXIF:{when.name}")
    return found


def camera_name(maker: str, model: str) -> str:
    """Return maker and model as one name that does not say the maker twice."""
    # EASTMAN KODAK COMPANY calls its models KODAK …, and Canon calls them Canon ….
    said = any(model.lower().startswith(word) for word in maker.lower().split()) or not maker
    return model if said else f"{maker} {model}".strip()


def _camera(main: Directory, tags: Directory) -> dict[str, tuple[str, Any]]:
    maker, model = text(main.get(Base.Make)), text(main.get(Base.Model))
    return {
        "camera": ("Model", camera_name(maker, model)),
        "camera_maker": ("Make", maker),
        "camera_model": ("Model", model),
        "camera_serial": ("BodySerialNumber", text(tags.get(Base.BodySerialNumber))),
        "lens": ("LensModel", _lens(text(tags.get(Base.LensModel)))),
        "software": ("Software", text(main.get(Base.Software))),
        "orientation": ("Orientation", whole(main.get(Base.Orientation), 1, 8)),
        "colour_space": ("ColorSpace", _COLOUR_SPACES.get(whole(tags.get(Base.ColorSpace), 0, 0xFFFF) or 0)),
    }


def _exposure(tags: Directory) -> dict[str, tuple[str, Any]]:
    flash = whole(tags.get(Base.Flash), 0, 0xFFFF)
    iso = tags.get(Base.ISOSpeedRatings)
    aperture, seconds = positive(tags.get(Base.FNumber)), positive(tags.get(Base.ExposureTime))
    return {
        "focal_length": ("FocalLength", positive(tags.get(Base.FocalLength))),
        "focal_length_35mm": ("FocalLengthIn35mmFilm", positive(tags.get(Base.FocalLengthIn35mmFilm))),
        "aperture": ("FNumber", aperture),
        "exposure_seconds": ("ExposureTime", seconds),
        "iso": ("PhotographicSensitivity", positive(iso[:1] if isinstance(iso, tuple) else iso)),
        "exposure_bias": ("ExposureBiasValue", _rounded(number(tags.get(Base.ExposureBiasValue)))),
        "flash": ("Flash", None if flash is None else bool(flash & 1)),
        "unique_id": ("ImageUniqueID", text(tags.get(Base.ImageUniqueID)).strip("0")),
    }


def _words(main: Directory, tags: Directory) -> dict[str, tuple[str, Any]]:
    described, title = _honest(text(main.get(Base.ImageDescription))), _wide(main.get(Base.XPTitle))
    comment = _wide(main.get(Base.XPComment)) or _honest(_comment(tags.get(Base.UserComment)))
    description = ("ImageDescription", described) if described else ("UserComment", comment)
    artist = text(main.get(Base.Artist)) or _wide(main.get(Base.XPAuthor))
    return {
        "title": ("XPTitle", title),
        "description": description,
        "keywords": ("XPKeywords", told.texts(_wide(main.get(Base.XPKeywords)).split(";"))),
        "rating": ("Rating", whole(main.get(0x4746), 0, 5)),
        "artist": ("Artist", artist),
        "copyright": ("Copyright", _copyright(main.get(Base.Copyright))),
    }


def _honest(words: str) -> str:
    return (
        "" if words.lower().strip(" .") in _MADE_UP or (not words.isprintable() and len(words) < 4) else words
    )


def _lens(name: str) -> str:
    return "" if set(name) <= set("-0 .mMfF/") else name


def _rounded(value: float | None) -> float | None:
    return None if value is None or abs(value) > 100 else round(value, 2)


def _wide(value: Any) -> str:
    """Return text that Windows stored as UTF-16, in tags of type BYTE."""
    return text(octets(value).decode("utf-16-le", "replace"))


def _comment(value: Any) -> str:
    """Return a comment that begins with eight bytes naming its character set."""
    stored = octets(value)
    charset, words = stored[:8].rstrip(b"\x00 "), stored[8:]
    if charset == b"UNICODE":
        return text(
            words.decode(
                "utf-16-le" if words[1::2].count(0) > words[::2].count(0) else "utf-16-be", "replace"
            )
        )
    return text(words) if charset in (b"ASCII", b"") else ""


def _copyright(value: Any) -> str:
    """Return photographer's and editor's claims, which a NUL parts, as one text."""
    return "; ".join(told.texts(value.split(b"\x00"))) if isinstance(value, bytes) else ""


def _apple(value: Any) -> dict[str, Told]:
    """Read the two identifiers in Apple's notes, a directory at byte 14 whose offsets count from byte 0."""
    notes = octets(value)
    order = {b"II": "<", b"MM": ">"}.get(notes[12:14])
    if order is None or not notes.startswith(b"Apple iOS\x00"):
        return {}
    try:
        found = Tags(io.BytesIO(notes), 0, order, 14).directory(14)
    except (struct.error, ValueError):
        return {}
    fields = {
        "burst_id": ("Apple:BurstUUID", text(found.get(_APPLE_BURST))),
        "live_photo_id": ("Apple:ContentIdentifier", text(found.get(_APPLE_FILM))),
    }
    return told.layer("EXIF", fields)
