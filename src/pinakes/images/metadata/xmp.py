"""What XMP says, in a picture or in the sidecar beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pinakes.images.metadata import exif, moments, packet, position, told
from pinakes.images.metadata.moments import Moment
from pinakes.images.metadata.told import LONGEST_LIST, number, positive, text, whole

#: Prefixes under which the fields below name XMP's namespaces.
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "GCamera": "http://ns.google.com/photos/1.0/camera/",
}

#: Fields of time with the properties that tell them, best first.
_MOMENTS = {
    "created_at": ("exif:DateTimeOriginal", "photoshop:DateCreated"),
    "digitised_at": ("exif:DateTimeDigitized", "xmp:CreateDate"),
    "modified_at": ("xmp:ModifyDate", "tiff:DateTime"),
}

#: Fields of text with the properties that tell them, best first.
_TEXTS = {
    "title": ("dc:title", "photoshop:Headline"),
    "description": ("dc:description", "tiff:ImageDescription"),
    "copyright": ("dc:rights", "tiff:Copyright"),
    "label": ("xmp:Label",),
    "software": ("xmp:CreatorTool", "tiff:Software"),
    "camera_maker": ("tiff:Make",),
    "camera_model": ("tiff:Model",),
    "camera_serial": ("exifEX:BodySerialNumber", "aux:SerialNumber"),
    "lens": ("exifEX:LensModel", "aux:Lens"),
    "burst_id": ("GCamera:BurstID",),
    "document_id": ("xmpMM:OriginalDocumentID", "xmpMM:DocumentID"),
    "colour_profile": ("photoshop:ICCProfile",),
}

#: Fields of numbers above zero with the properties that tell them, best first.
_NUMBERS = {
    "focal_length": ("exif:FocalLength",),
    "focal_length_35mm": ("exif:FocalLengthIn35mmFilm",),
    "aperture": ("exif:FNumber",),
    "exposure_seconds": ("exif:ExposureTime",),
    "iso": ("exifEX:PhotographicSensitivity", "exif:ISOSpeedRatings"),
}

#: Lists of keywords, and of keywords with those above them, with what parts the levels.
_KEYWORDS = ("dc:subject", "MicrosoftPhoto:LastKeywordXMP")
_HIERARCHIES = {"lr:hierarchicalSubject": "|", "digiKam:TagsList": "/", "MicrosoftPhoto:LastKeywordXMP": "/"}


@dataclass(frozen=True, slots=True)
class Xmp:
    """What was found: the moments by field, every other field, and the place that the author named."""

    moments: Mapping[str, tuple[Moment, str]] = field(default_factory=dict)
    layer: told.Layer = field(default_factory=dict)
    place: Mapping[str, told.Told] = field(default_factory=dict)


class _Properties:
    """Properties of a packet by prefixed name."""

    def __init__(self, found: Mapping[str, packet.Value]) -> None:
        self._found = found

    def get(self, name: str) -> Any:
        prefix, local = name.split(":")
        return self._found.get(f"{_NAMESPACES[prefix]} {local}")

    def list(self, name: str) -> list[Any]:
        value = self.get(name)
        return value if isinstance(value, list) else [value] if value else []

    def text(self, name: str) -> str:
        return text(next(iter(self.list(name)), ""))


def read(block: bytes, source: str) -> Xmp:
    """Read a packet; `source` is `XMP`, or `sidecar` for a file of its own."""
    found = _Properties(packet.properties(block))
    fields: dict[str, tuple[str, Any]] = {}
    for field_, names in _TEXTS.items():
        fields[field_] = _first(found, names, text)
    for field_, names in _NUMBERS.items():
        fields[field_] = _first(found, names, positive)
    maker, model = fields["camera_maker"][1] or "", fields["camera_model"][1] or ""
    fields["camera"] = ("tiff:Model", exif.camera_name(maker, model))
    fields["artist"] = ("dc:creator", "; ".join(told.texts(found.list("dc:creator"))))
    fields["orientation"] = ("tiff:Orientation", whole(found.text("tiff:Orientation"), 1, 8))
    fields["rating"] = ("xmp:Rating", _rating(found))
    fields["flash"] = ("exif:Flash", _flash(found.get("exif:Flash")))
    fields["keywords"] = _keywords(found)
    fields["hierarchical_keywords"] = _hierarchies(found)
    fields["faces"] = ("mwg-rs:Regions", _regions(found.get("mwg-rs:Regions")))
    where = position.from_xmp(
        source,
        *(found.text(f"exif:GPS{name}") for name in ("Latitude", "Longitude", "Altitude", "AltitudeRef")),
    )
    return Xmp(_moments(found, source), {**told.layer(source, fields), **where}, _place(found, source))


def _first(found: _Properties, names: tuple[str, ...], read_as: Any) -> tuple[str, Any]:
    for name in names:
        value = read_as(found.text(name))
        if value:
            return name, value
    return names[0], None


def _moments(found: _Properties, source: str) -> dict[str, tuple[Moment, str]]:
    told_moments = {}
    for field_, names in _MOMENTS.items():
        for name in names:
            moment = moments.parsed(found.text(name))
            if moment is not None:
                told_moments[field_] = (moment, f"{source}:{name}")
                break
    return told_moments


def _rating(found: _Properties) -> int | None:
    """Return stars 0…5, or −1 for rejected; halves, which some programs write, are rounded down."""
    stars = number(found.text("xmp:Rating"))
    return int(stars // 1) if stars is not None and -1 <= stars <= 5 else None


def _flash(value: Any) -> bool | None:
    fired = value.get(f"{_NAMESPACES['exif']} Fired") if isinstance(value, dict) else None
    return {"true": True, "false": False}.get(text(fired).lower())


def _keywords(found: _Properties) -> tuple[str, list[str]]:
    for name in _KEYWORDS:
        words = told.texts(found.list(name))
        if words:
            return name, [word.rsplit("/", 1)[-1] for word in words] if name.startswith("M") else words
    return _KEYWORDS[0], []


def _hierarchies(found: _Properties) -> tuple[str, list[str]]:
    for name, parts in _HIERARCHIES.items():
        words = told.texts(word.replace(parts, "|") for word in found.list(name) if isinstance(word, str))
        if words:
            return name, words
    return "lr:hierarchicalSubject", []


def _regions(value: Any) -> list[dict[str, Any]]:
    """Return regions as shares of the stored width and height, x and y of their centres."""
    space, area_space = f"{_NAMESPACES['mwg-rs']} ", f"{_NAMESPACES['stArea']} "
    listed = value.get(space + "RegionList") if isinstance(value, dict) else None
    found = []
    for region in listed[:LONGEST_LIST] if isinstance(listed, list) else []:
        area = region.get(space + "Area") if isinstance(region, dict) else None
        if not isinstance(area, dict):
            continue
        numbers = {name: number(area.get(area_space + short)) for name, short in _AREA.items()}
        if all(part is not None and 0 <= part <= 1 for part in numbers.values()):
            words = {name: text(region.get(space + name.title()))[:255] for name in ("name", "type")}
            found.append({**words, **{name: round(part or 0, 6) for name, part in numbers.items()}})
    return found


_AREA = {"x": "x", "y": "y", "width": "w", "height": "h"}


def _place(found: _Properties, source: str) -> dict[str, told.Told]:
    names = {
        "city": ("photoshop:City",),
        "region": ("photoshop:State",),
        "country": ("photoshop:Country",),
        "country_code": ("Iptc4xmpCore:CountryCode",),
        "location": ("Iptc4xmpCore:Location",),
    }
    return told.layer(source, {part: _first(found, tags, text) for part, tags in names.items()})
