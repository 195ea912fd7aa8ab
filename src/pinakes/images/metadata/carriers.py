"""Where each format of picture carries its blocks of EXIF, XMP and IPTC."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass

from PIL import Image

from pinakes.images.metadata.tiff import Tags
from pinakes.images.metadata.told import octets

#: Tags of TIFF, and of the RAW formats made of it, that hold XMP and IPTC.
_XMP, _IPTC = 700, 33723

#: Photoshop's resources for IPTC, and for the MD5 of the IPTC that the XMP was last made equal to.
_RESOURCE_IPTC, _RESOURCE_DIGEST = 0x0404, 0x0425


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of one picture as they are; empty where there is none.

    `iptc_digest` is the MD5 that Photoshop noted of the IPTC when it last wrote it beside XMP.
    """

    tags: Tags | None = None
    xmp: bytes = b""
    iptc: bytes = b""
    iptc_digest: bytes = b""


def blocks(image: Image.Image | None, encoded: bytes = b"") -> Blocks:
    """Find the blocks of an opened picture that has not been decoded yet.

    None stands for a camera RAW, whose tags are read of the file, `encoded`.
    """
    with suppress(Exception):  # of the same breadth as what wrote such files
        if image is None:
            return _of_tags(Tags.opened(io.BytesIO(encoded)))
        if image.format == "TIFF" and image.fp is not None:  # type: ignore[attr-defined]
            return _of_tags(Tags.opened(image.fp))  # type: ignore[attr-defined]
    if image is None:
        return Blocks()
    tags, iptc, digest = None, b"", b""
    with suppress(Exception):
        tags = Tags.opened(io.BytesIO(_exif(image)))
    with suppress(Exception):
        iptc, digest = _iptc(image)
    return Blocks(tags, _xmp(image), iptc, digest)


def _of_tags(tags: Tags | None) -> Blocks:
    if tags is None:
        return Blocks()
    main = tags.directory(tags.first)
    return Blocks(tags, octets(main.get(_XMP)), octets(main.get(_IPTC)))


def _exif(image: Image.Image) -> bytes:
    block = octets(image.info.get("exif")) or _raw_profile(image, "exif")
    start = block[:16].find(b"Exif\x00\x00")
    return block[start + 6 :] if start >= 0 else block


def _xmp(image: Image.Image) -> bytes:
    found = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    return found.encode("utf-8", "replace") if isinstance(found, str) else octets(found)


def _iptc(image: Image.Image) -> tuple[bytes, bytes]:
    resources = image.info.get("photoshop")
    if isinstance(resources, dict):
        return octets(resources.get(_RESOURCE_IPTC)), octets(resources.get(_RESOURCE_DIGEST))
    block = _raw_profile(image, "iptc")
    return block[max(block.find(b"\x1c\x02"), 0) :], b""


def _raw_profile(image: Image.Image, kind: str) -> bytes:
    """Return a block that ImageMagick wrote into a PNG's text: name, length, and lines of hexadecimals."""
    written = image.info.get(f"Raw profile type {kind}")
    return bytes.fromhex("".join(written.split("\n")[3:])) if isinstance(written, str) else b""
