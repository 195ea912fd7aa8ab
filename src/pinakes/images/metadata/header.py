"""What the picture itself is: colour profile, colour space and bits per sample, from its header."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from typing import Any

from PIL import Image, ImageCms

from pinakes.images.metadata.told import Layer, layer, text

#: Largest profile that is opened, in bytes.
_LARGEST_PROFILE = 16 * 2**20

#: Bits per sample of Pillow's modes, where the file does not say.
_DEPTHS = {"1": 1, "I;16": 16, "I;16B": 16, "I;16L": 16, "I;16N": 16, "I": 32, "F": 32}

#: Raw modes name their depth, as in `RGB;16B`.
_RAW_MODE = re.compile(r"[A-Za-z]+;(\d\d?)")


def read(image: Image.Image) -> Layer:
    """Return bit_depth, colour_profile and profile_space of an opened picture."""
    values: dict[str, tuple[str, Any]] = {"bit_depth": ("bits per sample", None)}
    with suppress(Exception):
        values["bit_depth"] = ("bits per sample", _depth(image))
    with suppress(Exception):
        values |= _profile(image.info.get("icc_profile"))
    return layer("file", values)


def _depth(image: Image.Image) -> int:
    stated = image.info.get("bit_depth") or getattr(image, "bits", None)
    bits = getattr(image, "tag_v2", {}).get(258)
    if isinstance(bits, tuple) and bits:
        stated = max(bits)
    for tile in getattr(image, "tile", ()):
        arguments = tile[3] if isinstance(tile[3], tuple) else (tile[3],)
        match = _RAW_MODE.fullmatch(str(arguments[0])) if arguments else None
        stated = stated or (int(match[1]) if match else None)
    return int(stated) if stated and 1 <= int(stated) <= 64 else _DEPTHS.get(image.mode, 8)


def _profile(block: Any) -> dict[str, tuple[str, Any]]:
    if not isinstance(block, bytes) or not 128 <= len(block) <= _LARGEST_PROFILE:
        return {}
    profile = ImageCms.ImageCmsProfile(io.BytesIO(block))
    return {
        "colour_profile": ("ICC:ProfileDescription", text(ImageCms.getProfileDescription(profile))[:255]),
        "profile_space": ("ICC:ColorSpaceData", text(block[16:20])),
    }
