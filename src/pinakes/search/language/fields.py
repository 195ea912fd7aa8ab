"""The table of fields: what reads, writes, suggests and explains conditions is all made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pinakes.search.language.like import Like
from pinakes.search.language.measured import Date, Number, Size, Whole
from pinakes.search.language.named import FORMATS, Folder, Has, Words
from pinakes.search.language.near import Near
from pinakes.search.language.numbers import BYTES
from pinakes.search.language.reading import Reading


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the language.

    `about` ends a sentence that begins “Pictures …”; `examples` are whole conditions; `known` says that
    the library is asked for values to suggest.
    """

    name: str
    reading: Reading
    about: str
    examples: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    known: bool = False


#: What may be asked of with `has:`, and the payload's field that says so.
_KNOWN: Mapping[str, str] = {
    **{"gps": "latitude", "place": "place", "date": "taken_at", "camera": "camera", "lens": "lens"},
    **{"rating": "rating", "tag": "tags", "owner": "owner", "type": "type", "size": "pixels"},
    **{"bytes": "bytes", "width": "width", "height": "height", "asset": "asset", "sha256": "sha256"},
    **{"longitude": "longitude", "shape": "shape"},
}

#: Formats to suggest, as the library calls them.
_FORMATS = ("jpeg", "png", "heif", "webp", "gif", "tiff", "avif")

#: Every field, in the order of the page of help.
FIELDS: tuple[Field, ...] = (
    Field(
        "folder",
        Folder(),
        "below a directory, at any depth; of several folders, below any of them",
        ("folder:holiday/2019", 'folder:"My pictures",scans'),
        ("in",),
        known=True,
    ),
    Field(
        "date",
        Date(),
        "taken then, by the camera's clock",
        ("date:2019", "date:2019-06..2019-08", "date:>=2019-06-21", "date:last-month", "date:..2005"),
        ("taken",),
    ),
    Field(
        "camera",
        Words("camera", partial=True),
        "taken with a camera whose name has these words",
        ('camera:"Canon EOS"', "camera:x100,x100f"),
        known=True,
    ),
    Field(
        "lens",
        Words("lens", partial=True),
        "taken through a lens whose name has these words",
        ("lens:35mm",),
        known=True,
    ),
    Field(
        "place",
        Words("place"),
        "taken in a town, region or country",
        ("place:Italy", 'place:"San Marino",Rome'),
        known=True,
    ),
    Field(
        "near",
        Near(),
        "taken within a distance of a latitude and longitude, 1 km unless said; a square",
        ("near:48.1,11.5,10km", "near:-33.86,151.21,500m"),
    ),
    Field(
        "tag",
        Words("tags"),
        "with a tag",
        ("tag:family", 'tag:"birthday party",wedding'),
        ("tags", "keyword"),
        known=True,
    ),
    Field(
        "rating",
        Whole("rating", choices=("5", ">=4", ">=3", "1..2")),
        "rated with so many stars",
        ("rating:5", "rating:>=4", "rating:1..2"),
        ("stars",),
    ),
    Field(
        "type", Words("type", _FORMATS, FORMATS), "of a format", ("type:jpeg", "type:png,webp"), ("format",)
    ),
    Field(
        "size",
        Size(),
        "of so many pixels (MP), or whose file has so many bytes (KB, MB, GB)",
        ("size:>2MP", "size:12MP", "size:<1MB"),
    ),
    Field(
        "width",
        Whole("width", {"": 1, "px": 1}),
        "so many pixels wide, held upright",
        ("width:>=4000", "width:1920"),
    ),
    Field(
        "height",
        Whole("height", {"": 1, "px": 1}),
        "so many pixels high, held upright",
        ("height:1080..2160",),
    ),
    Field("bytes", Whole("bytes", {"": 1, **BYTES}), "whose file has so many bytes", ("bytes:<1MB",)),
    Field("pixels", Whole("pixels"), "of so many pixels, exactly", ("pixels:>=2000000",)),
    Field(
        "is",
        Words("shape", ("portrait", "landscape", "square"), closed=True),
        "of a shape, held upright",
        ("is:portrait", "is:square"),
        ("shape",),
    ),
    Field("has", Has(_KNOWN), "of which this is known", ("has:gps", "-has:date")),
    Field(
        "like",
        Like(),
        "that look like another of the library, or like a region of it",
        ("like:asset:123", "like:asset:123@0.1,0.2,0.5,0.5^2", "-like:asset:7"),
    ),
    Field("latitude", Number("latitude"), "taken between two latitudes, in degrees", ("latitude:46..48",)),
    Field("longitude", Number("longitude"), "taken between two longitudes, in degrees", ("longitude:>=11",)),
    Field("asset", Whole("asset"), "by their number in the library", ("asset:123",), ("id",)),
    Field("sha256", Words("sha256"), "by the SHA-256 of their file", ("sha256:" + "0123456789abcdef" * 4,)),
    Field("owner", Whole("owner"), "of an owner, by number", ("owner:3",)),
)

#: Each field by each of its names.
BY_NAME: Mapping[str, Field] = {name: field for field in FIELDS for name in (field.name, *field.aliases)}


def nearest(name: str) -> str:
    """The field that a misspelt name was most likely meant to be; empty where none is near."""
    found = get_close_matches(name, BY_NAME, n=1, cutoff=0.6)
    return found[0] if found else ""
