"""Bytes to pixels: bounded, oriented, in sRGB, and reduced while decoding where the format allows."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Pixels, Reason
from pinakes.images import colour, formats, raw

#: Longer side of the reduced picture that hashes and thumbnails are made of, pixels.
WORKING_SIDE = 512

#: Formats that decode at a half, a quarter or an eighth of their size.
_DRAFTED = ("JPEG", "MPO")

#: Tag of the orientation in EXIF, and what each of its values asks for.
_ORIENTATION_TAG = 0x0112
_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode_reduced(encoded: bytes, *, long_side: int, limits: ImageLimits, suffix: str = "") -> Pixels:
    """Decode a picture so that its longer side is at most `long_side` pixels; small ones keep their size.

    Returns uint8 sRGB of shape (height, width, 3), orientation applied, transparency over white, first
    frame of several. `suffix` (".nef") decides for camera RAW only.

    Raises:
        ImageRefused: the bytes are no picture, are damaged, or cost more than `limits` allow.
    """
    with opened(encoded, limits, suffix=suffix, long_side=long_side) as image:
        return reduce(image, long_side)


def decode_at_least(encoded: bytes, *, short_side: int, limits: ImageLimits, suffix: str = "") -> Pixels:
    """Decode a picture so that both its sides are at least `short_side` pixels, as far as it has them.

    JPEG is reduced by 2, 4 or 8 while it is decoded where that leaves enough; everything else comes in full,
    to be reduced by whoever knows the filter. Returns uint8 sRGB of shape (height, width, 3), orientation
    applied, transparency over white, first frame of several. `suffix` decides for camera RAW only.

    Raises:
        ImageRefused: the bytes are no picture, are damaged, or cost more than `limits` allow.
    """
    with opened(encoded, limits, suffix=suffix) as image:
        if image.format in _DRAFTED:
            image.draft(image.mode, (short_side, short_side))
        turn = orientation(image)
        image.load()
        return _finished(image, colour.without_depth(image), turn)


class _Quiet:
    """Silences Python's warnings while any thread is inside; `warnings.catch_warnings` is for one thread."""

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0
        self._silence = warnings.catch_warnings(action="ignore")

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._silence = warnings.catch_warnings(action="ignore")
                self._silence.__enter__()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._silence.__exit__(None, None, None)


#: Decoders warn of every oddity of a file; what matters is said by an `ImageRefused`.
_quiet = _Quiet()


@contextmanager
def opened(
    encoded: bytes, limits: ImageLimits, *, suffix: str = "", long_side: int = 0
) -> Iterator[Image.Image]:
    """Open a picture for reading within `limits`; whatever goes wrong inside becomes an `ImageRefused`.

    Only the header is read here, but of camera RAW, which comes at half its size where that has `long_side`
    pixels; errors of the decoder in the body of the `with` are translated as well.
    """
    if not encoded:
        raise ImageRefused(
            Reason.EMPTY, "The file is empty.", remedy="Restore it from a backup or delete it."
        )
    if len(encoded) > limits.max_bytes:
        raise _over(
            "bytes", len(encoded), limits.max_bytes, Reason.TOO_MANY_BYTES, "PINAKES_IMAGES__MAX_BYTES"
        )
    formats.register()
    with _quiet:
        try:
            with _open(encoded, suffix, long_side, limits) as image:
                pixels = image.width * image.height
                if pixels > limits.max_pixels:
                    raise _over(
                        "pixels",
                        pixels,
                        limits.max_pixels,
                        Reason.TOO_MANY_PIXELS,
                        "PINAKES_IMAGES__MAX_PIXELS",
                    )
                yield image
        except ImageRefused:
            raise
        except MemoryError as error:
            raise ImageRefused(
                Reason.TOO_MANY_PIXELS,
                "Decoding it takes more memory than one picture may use.",
                remedy="Raise PINAKES_IMAGES__WORKER_MEMORY to accept it.",
            ) from error
        except Exception as error:  # decoders of hostile files raise nearly every class there is
            raise _damaged(encoded, suffix, error) from error


def reduce(image: Image.Image, long_side: int) -> Pixels:
    """Decode an opened picture to at most `long_side` pixels, as `decode_reduced` describes."""
    turn, size = orientation(image), _within(image.size, long_side)
    if size != image.size and image.format in _DRAFTED:
        image.draft(image.mode, size)
    image.load()
    return _fitted(image, size, turn)


def reduce_beside(image: Image.Image, long_side: int, short_side: int) -> tuple[Pixels, Pixels | None]:
    """Decode an opened picture once for two purposes.

    Returns what `reduce` gives, and what `decode_at_least` gives; the latter is None where the two would be
    decoded at different fractions of the picture's size, and so not be equal to what each gives alone.
    """
    turn, size = orientation(image), _within(image.size, long_side)
    if image.format in _DRAFTED:
        fraction = _fraction(image.size, (short_side, short_side))
        if fraction != (_fraction(image.size, size) if size != image.size else 1):
            return reduce(image, long_side), None
        image.draft(image.mode, (short_side, short_side))
    image.load()
    larger = _finished(image, colour.without_depth(image), turn)
    return _fitted(image, size, turn), larger


def orientation(image: Image.Image) -> int:
    """EXIF orientation 1…8 that is still to be applied; 1 where there is none or it is broken."""
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # broken EXIF is no reason to refuse the picture
        return 1
    return value if value in _TRANSPOSE else 1


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Full width and height in pixels once the orientation is applied."""
    width, height = image.info.get(raw.FULL_SIZE, image.size)
    return (height, width) if orientation(image) >= 5 else (width, height)


def upright(image: Image.Image, turn: int) -> Image.Image:
    """The loaded frame with orientation `turn` applied."""
    return image.transpose(_TRANSPOSE[turn]) if turn in _TRANSPOSE else image


def _finished(image: Image.Image, pixels: Image.Image, turn: int) -> Pixels:
    """The loaded pixels of an opened picture in sRGB, upright, over white."""
    coloured = upright(colour.to_srgb(pixels, image.info.get("icc_profile")), turn)
    return np.array(colour.over_white(coloured), dtype=np.uint8)


def _within(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    scale = min(1.0, long_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _fraction(size: tuple[int, int], wanted: tuple[int, int]) -> int:
    """By how much JPEG is reduced while it is decoded to no less than `wanted`: 1, 2, 4 or 8."""
    fits = min(size[0] // wanted[0], size[1] // wanted[1])
    return next((fraction for fraction in (8, 4, 2) if fits >= fraction), 1)


def _fitted(image: Image.Image, size: tuple[int, int], turn: int) -> Pixels:
    """The loaded picture, reduced to `size` if it is not of it, as `_finished` describes."""
    small = colour.without_depth(image)
    return _finished(image, _resized(small, size) if small.size != size else small, turn)


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.mode not in ("RGB", "L"):
        return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    # Averaging areas takes an eighth of the time of Lanczos and keeps as much for hashes and thumbnails.
    return Image.fromarray(cv2.resize(np.asarray(image), size, interpolation=cv2.INTER_AREA))


def _open(encoded: bytes, suffix: str, long_side: int, limits: ImageLimits) -> Image.Image:
    if suffix in formats.RAW_SUFFIXES:
        return raw.develop(encoded, long_side=long_side, most_pixels=limits.max_pixels)
    return Image.open(io.BytesIO(encoded), formats=formats.READ)


def _over(unit: str, found: int, allowed: int, reason: Reason, variable: str) -> ImageRefused:
    return ImageRefused(
        reason,
        f"It has {found:,} {unit}; at most {allowed:,} are accepted.",
        remedy=f"Raise {variable} to accept it.",
    )


def _damaged(encoded: bytes, suffix: str, error: Exception) -> ImageRefused:
    named = formats.sniff(encoded[: formats.PREFIX_BYTES])
    other = None if named in formats.READ else formats.foreign(suffix) or named
    if isinstance(error, UnidentifiedImageError) and other:
        return ImageRefused(
            Reason.UNSUPPORTED_FORMAT,
            f"Pictures in the {other} format are not read.",
            remedy="Convert it to PNG or JPEG.",
        )
    what = f"a {named} picture" if named else "a picture"
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return ImageRefused(
            Reason.TRUNCATED,
            f"It begins as {what} but its end is missing.",
            remedy="Copy it again from where it came from, or restore it from a backup.",
        )
    return ImageRefused(
        Reason.DAMAGED,
        f"It cannot be decoded as {what}.",
        remedy="Open and save it again in another program, or restore it from a backup.",
    )
