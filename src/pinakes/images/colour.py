"""Every mode of stored pixels to 8-bit sRGB."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

#: Largest ICC profile that is looked at, bytes; real ones are under 3 MB.
_MAX_PROFILE = 8 * 2**20

#: Pillow's modes with more than eight bits a channel.
DEEP_MODES = frozenset(("I", "F", "I;16", "I;16B", "I;16L", "I;16N"))


def without_depth(image: Image.Image) -> Image.Image:
    """Return the loaded picture in a mode of 8-bit channels: L, RGB, RGBA, CMYK, LAB …"""
    if image.mode in DEEP_MODES:
        return Image.fromarray(_to_eight_bits(np.asarray(image)))
    if image.mode in ("P", "PA", "1", "LA", "La", "RGBa", "RGBX"):
        transparent = image.mode in ("PA", "LA", "La", "RGBa") or "transparency" in image.info
        return image.convert("RGBA" if transparent else "L" if image.mode == "1" else "RGB")
    if "transparency" in image.info and image.mode in ("RGB", "L"):
        return image.convert("RGBA")
    return image


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return an 8-bit picture as sRGB, mode RGB or RGBA, through its ICC profile where usable."""
    if profile and len(profile) <= _MAX_PROFILE and image.mode in ("RGB", "RGBA", "CMYK", "L", "LAB"):
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        opaque = image.convert("RGB") if alpha else image
        converted = _through_profile(opaque, profile)
        if converted is not None:
            if alpha:
                converted.putalpha(alpha)
            return converted
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")


def over_white(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, transparent parts shown over white."""
    if image.mode != "RGBA":
        return image
    page = Image.new("RGB", image.size, (255, 255, 255))
    page.paste(image, mask=image.getchannel("A"))
    return page


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source) and image.mode == "RGB":
            return image
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a broken or foreign profile is common and no reason to refuse the picture


def _to_eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    numbers = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    top = float(numbers.max(initial=0.0))
    full = 65535.0 if values.dtype.itemsize == 2 else _full_scale(top)
    return np.asarray(np.clip(numbers * (255.0 / full), 0, 255), dtype=np.uint8)


def _full_scale(top: float) -> float:
    # 32-bit files do not say what white is: take the least usual range that holds the brightest pixel.
    return next((full for full in (1.0, 255.0, 65535.0) if top <= full), top)
