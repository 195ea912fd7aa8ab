"""Looking at a file that arrived, in a decoding process: whether it is a picture, and when it was taken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pinakes.core.errors import ImageRefused, PinakesError, TooLarge, UnsupportedMedia
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images import decode, formats, metadata, raw

#: Suffixes that the formats we read are known by, for files that came without one.
SUFFIXES = {
    "JPEG": ".jpg",
    "MPO": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "GIF": ".gif",
    "BMP": ".bmp",
    "DIB": ".bmp",
    "TIFF": ".tif",
    "HEIF": ".heic",
    "AVIF": ".avif",
    "JPEG2000": ".jp2",
    "PPM": ".ppm",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What its header says: Pillow's name of the format, and the camera's clock as Unix seconds or None."""

    format: str
    taken_at: float | None


def refuse_by_name(name: str, suffix: str) -> None:
    """Refuse what the library passes over whatever is in it.

    Raises:
        UnsupportedMedia: it is a video, or belongs to a picture and is none.
    """
    if suffix in formats.VIDEO_SUFFIXES:
        raise UnsupportedMedia(
            f"{name} is a video.", remedy="The library holds pictures; of a live photo it takes the picture."
        )
    if suffix in formats.SIDECAR_SUFFIXES:
        raise UnsupportedMedia(
            f"{name} belongs to a picture and is none itself.",
            remedy="Add an XMP file together with its picture; others are not read.",
        )


def look(path: str, suffix: str, limits: ImageLimits) -> Looked | Refusal:
    """Read the header of a file that is called by another name with `suffix`; runs in a decoding process."""
    encoded = Path(path).read_bytes()
    try:
        if suffix in formats.RAW_SUFFIXES:
            raw.check(encoded)
            return _told(None, encoded, "RAW")
        with decode.opened(encoded, limits, suffix=suffix) as image:
            return _told(image, encoded, image.format or "")
    except ImageRefused as refused:
        return Refusal(Reason(refused.reason), refused.sentence)


def refused(name: str, refusal: Refusal) -> PinakesError:
    """The error for a file that is refused, with its name."""
    told = f"{name} cannot be added. {refusal.detail}"
    if refusal.reason in (Reason.TOO_MANY_BYTES, Reason.TOO_MANY_PIXELS):
        return TooLarge(told)
    if refusal.reason in (Reason.UNSUPPORTED_FORMAT, Reason.NOT_A_PICTURE, Reason.NEEDS_EXTRA):
        return UnsupportedMedia(told)
    return ImageRefused(refusal.reason, told)


def _told(image: Image.Image | None, encoded: bytes, format_: str) -> Looked:
    found = metadata.read(image, encoded=encoded, sidecar=b"", name="", modified=None)
    return Looked(format_, found.taken_at)
