"""Checks of what is done with pixels: decoding, turning upright, colours, hashes, copies."""

from __future__ import annotations

import io

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

from pinakes.cli.checks import samples
from pinakes.cli.checks.verdict import Verdict, failed, ok, warning
from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits, Settings
from pinakes.core.types import Pixels
from pinakes.duplicates.evidence import copies
from pinakes.images import formats
from pinakes.images.decode import decode_reduced
from pinakes.images.perceptual import perceptual_hash
from pinakes.images.thumbnails import LONG_SIDE, fitted

#: Formats that are tried: how Pillow is asked to write each.
TRIED: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 95},
    "PNG": {},
    "WEBP": {"quality": 95},
    "GIF": {},
    "BMP": {},
    "TIFF": {},
    "HEIF": {"quality": 95},
    "AVIF": {"quality": 95},
    "JPEG2000": {},
    "PPM": {},
}

#: Largest mean difference from the original, grey levels: GIF has 256 colours only.
LARGEST_LOSS = 8.0

#: Largest Hamming distance of one picture at two sizes, and the least of two unrelated ones, of 256.
SAME, FAR = 12, 70

_AGAIN = "Install Pinakes again, so that its libraries fit together: pip install --force-reinstall pinakes."


def decoding(settings: Settings) -> Verdict:
    """Every format is decoded to the picture that was encoded."""
    good: list[str] = []
    bad: list[str] = []
    untried: list[str] = []
    for name in TRIED:
        encoded = _encoded(samples.gradient(), name)
        if encoded is None:
            untried.append(name)
        else:
            trouble = _loss(encoded, settings.images)
            (bad if trouble else good).append(f"{name} ({trouble})" if trouble else name)
    if bad:
        return failed(f"not decoded: {', '.join(bad)}", _AGAIN)
    if untried:
        return warning(f"{', '.join(good)}; could not be tried here: {', '.join(untried)}", _AGAIN)
    return ok(", ".join(good))


def orientation(settings: Settings) -> Verdict:
    """A picture that says it lies on its side is turned upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    stream = io.BytesIO()
    Image.fromarray(samples.gradient()).save(stream, "PNG", exif=exif)
    seen = _decode(stream.getvalue(), settings.images)
    if not np.array_equal(seen, np.rot90(samples.gradient(), -1)):
        return failed("a picture that lies on its side stays there", _AGAIN)
    return ok("a picture that lies on its side is turned upright")


def colour_profile(settings: Settings) -> Verdict:
    """A colour profile is applied: one that exchanges red and green shows."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 64), (220, 30, 40)).save(stream, "PNG", icc_profile=exchanging_profile())
    red, green, _ = (int(value) for value in _decode(stream.getvalue(), settings.images)[32, 32])
    if green < 180 or red > 90:
        return failed("the colour profile of a picture is not applied", _AGAIN)
    return ok("the colour profile of a picture is applied")


def perceptual(_settings: Settings) -> Verdict:
    """A picture keeps its hash when resized, and another has another."""
    one, other = samples.scene(1), samples.scene(2)
    hashed = perceptual_hash(one)
    small = perceptual_hash(fitted(one, 200))
    same, far = _distance(hashed.bits, small.bits), _distance(hashed.bits, perceptual_hash(other).bits)
    seen = f"a resized picture is {same} bits away, another {far}, of 256"
    return ok(seen) if same <= SAME and far >= FAR else failed(seen, _AGAIN)


def copy(_settings: Settings) -> Verdict:
    """A turned and cropped picture is found to be a copy, and another picture is not."""
    one = fitted(samples.scene(1), LONG_SIDE)
    altered = fitted(samples.rotated_crop(one, 12, 0.7), LONG_SIDE)
    other = fitted(samples.scene(2), LONG_SIDE)
    first, second, third = (copies.Picture.of(pixels) for pixels in (one, altered, other))
    good, bad = copies.verify(first, second).score, copies.verify(first, third).score
    seen = f"a turned crop scores {good:.2f}, another picture {bad:.2f}"
    least = copies.PRESETS["balanced"]
    return ok(seen) if good >= least > bad else failed(seen, _AGAIN)


def exchanging_profile() -> bytes:
    """An ICC profile in which red and green have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for before, after in ((b"rXYZ", b"swap"), (b"gXYZ", b"rXYZ"), (b"swap", b"gXYZ")):
        profile = profile.replace(before, after)
    return profile.replace("sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be"))


def _encoded(pixels: Pixels, name: str) -> bytes | None:
    """The picture in a format, or None where nothing here can write it."""
    formats.register()
    pillow_heif.register_heif_opener(thumbnails=False)
    stream = io.BytesIO()
    try:
        Image.fromarray(pixels).save(stream, name, **TRIED[name])
    except (OSError, KeyError, RuntimeError, ValueError):
        return None
    return stream.getvalue()


def _loss(encoded: bytes, limits: ImageLimits) -> str:
    """What is wrong with how a format is decoded; empty when nothing is."""
    original = samples.gradient()
    try:
        decoded = _decode(encoded, limits)
    except ImageRefused as refused:
        return str(refused)
    if decoded.shape != original.shape:
        return f"shape {decoded.shape}"
    loss = float(np.abs(decoded.astype(np.int16) - original).mean())
    return f"{loss:.0f} grey levels off" if loss > LARGEST_LOSS else ""


def _decode(encoded: bytes, limits: ImageLimits) -> Pixels:
    return decode_reduced(encoded, long_side=512, limits=limits)


def _distance(a: bytes, b: bytes) -> int:
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count()
