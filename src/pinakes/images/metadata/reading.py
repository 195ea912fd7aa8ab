"""Joining what sidecar, EXIF, XMP, IPTC, the file's name and its time tell of one picture."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from PIL import Image

from pinakes.images import places
from pinakes.images.metadata import carriers, dates, exif, header, iptc, told, xmp
from pinakes.images.metadata.exif import Exif
from pinakes.images.metadata.iptc import Iptc
from pinakes.images.metadata.told import Layer, Told
from pinakes.images.metadata.xmp import Xmp

#: Changes whenever the same bytes would be told otherwise.
REVISION = "metadata-2"

#: Most that is kept of one picture, in bytes of JSON.
LONGEST = 64 * 1024

#: Fields that people write; programs keep XMP first, and cameras fill EXIF's with words of their own.
_WORDS = (
    "title",
    "description",
    "keywords",
    "hierarchical_keywords",
    "rating",
    "label",
    "artist",
    "copyright",
    "faces",
)

#: Fields that the camera writes; EXIF is the original and XMP its copy.
_CAMERA = (
    "camera camera_maker camera_model camera_serial lens focal_length focal_length_35mm aperture "
    "exposure_seconds exposure_bias iso flash software colour_space unique_id burst_id live_photo_id "
    "document_id"
).split()

_POSITION = ("latitude", "longitude", "altitude")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was found.

    Attributes:
        fields: how many EXIF tags the picture carries.
        taken_at: seconds since 1970 as if the camera's clock were UTC; None where only a file's name or time
            tells it, or nothing.
        details: plain JSON values, at most 64 KiB; `sources` names the tag of each. Times are ISO 8601
            texts; latitude, longitude and direction degrees; altitude metres; focal lengths millimetres;
            aperture the f-number; faces shares of the stored width and height. The guide lists them all.
    """

    fields: int
    taken_at: float | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Sources:
    sidecar: Xmp
    exif: Exif
    xmp: Xmp
    iptc: Iptc
    iptc_is_newer: bool

    def words(self) -> tuple[Layer, ...]:
        inner = (self.iptc.layer, self.xmp.layer) if self.iptc_is_newer else (self.xmp.layer, self.iptc.layer)
        return (self.sidecar.layer, *inner, self.exif.layer)

    def camera(self) -> tuple[Layer, ...]:
        return (self.sidecar.layer, self.exif.layer, self.xmp.layer, self.iptc.layer)

    def position(self) -> Layer:
        # Taken as one: the latitude of one source and the longitude of another are no place.
        where = next((layer for layer in self.camera() if "latitude" in layer), {})
        kept = {field: where[field] for field in _POSITION if field in where}
        return kept | {
            field: self.exif.layer[field] for field in ("direction", "gps_at") if field in self.exif.layer
        }

    def place(self) -> Layer:
        inner = (self.iptc.place, self.xmp.place) if self.iptc_is_newer else (self.xmp.place, self.iptc.place)
        return next((place for place in (self.sidecar.place, *inner) if place), {})


def read(
    image: Image.Image | None,
    *,
    encoded: bytes = b"",
    sidecar: bytes = b"",
    name: str = "",
    modified: float | None = None,
) -> Metadata:
    """Read an opened picture that has not been decoded yet; a broken field is left out, never an error.

    Args:
        image: as `decode.opened` gives it; None for camera RAW, whose pixels LibRaw makes without its tags.
        encoded: the file's bytes; needed for camera RAW only.
        sidecar: the XMP file beside it.
        name: the file's name, which may hold a date.
        modified: the file's time of change, Unix seconds; the last resort for a date.
    """
    blocks = carriers.blocks(image, encoded)
    tags = blocks.tags
    sources = _Sources(
        _tolerant(lambda: xmp.read(sidecar, "sidecar") if sidecar else Xmp(), Xmp()),
        _tolerant(lambda: exif.read(tags) if tags else Exif(), Exif()),
        _tolerant(lambda: xmp.read(blocks.xmp, "XMP") if blocks.xmp else Xmp(), Xmp()),
        _tolerant(lambda: iptc.read(blocks.iptc), Iptc()),
        _is_newer(blocks.iptc, blocks.iptc_digest),
    )
    known = dates.agreed(
        (sources.sidecar.moments, sources.exif.moments, sources.xmp.moments, sources.iptc.moments)
    )
    taken = _tolerant(lambda: dates.taken(known, sources.position(), name=name, modified=modified), None)
    found = {
        **(header.read(image) if image is not None else {}),
        **told.first(sources.camera(), _CAMERA),
        **told.first((sources.exif.layer, sources.xmp.layer), ("orientation",)),
        **told.first(sources.words(), _WORDS),
        **sources.position(),
        **_tolerant(lambda: _place(sources), {}),
        **{field: Told(moment.written, source) for field, (moment, source) in known.items()},
        **(taken.told() if taken else {}),
    }
    certain = taken.moment.seconds if taken and taken.certain else None
    return Metadata(sources.exif.count, certain, _details(found))


def _tolerant(reader: Callable[[], T], otherwise: T) -> T:
    try:
        return reader()
    except Exception:  # written by every camera and program there ever was; a source lost leaves the others
        return otherwise


def _is_newer(block: bytes, digest: bytes) -> bool:
    """Whether IPTC was changed after XMP was last made equal to it, by a program that knows no XMP."""
    return bool(digest.strip(b"\x00")) and hashlib.md5(block, usedforsecurity=False).digest() != digest[:16]


def _place(sources: _Sources) -> dict[str, Told]:
    named = sources.place()
    if named:
        return {
            "place": Told(
                {part: told_.value for part, told_ in named.items()}, next(iter(named.values())).source
            )
        }
    position = sources.position()
    if "latitude" not in position:
        return {}
    found = places.nearest(position["latitude"].value, position["longitude"].value)
    return {"place": Told(found.as_json(), "GeoNames")} if found else {}


def _details(found: Mapping[str, Told]) -> dict[str, Any]:
    sizes = {
        field: len(json.dumps(value.value)) + len(value.source) + 2 * len(field) + 16
        for field, value in found.items()
    }
    room = LONGEST - sum(sizes.values())
    dropped = set()
    for field in sorted(sizes, key=lambda field: -sizes[field]):
        if room >= 0:
            break
        dropped.add(field)
        room += sizes[field]
    kept = {field: value for field, value in found.items() if field not in dropped}
    if not kept:
        return {}
    return {
        **{field: value.value for field, value in kept.items()},
        "sources": {field: value.source for field, value in kept.items()},
    }
