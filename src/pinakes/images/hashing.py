"""Exact identities of a picture: of its bytes and of its decoded pixels."""

from __future__ import annotations

import hashlib

import numpy as np
from PIL import Image, ImageSequence

from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason
from pinakes.images import colour, decode

#: Most frames of an animation that are compared; longer ones have no pixel identity.
_MAX_FRAMES = 512


def sha256(encoded: bytes) -> str:
    """SHA-256 of the bytes, 64 hexadecimal digits."""
    return hashlib.sha256(encoded).hexdigest()


def pixels_sha256(encoded: bytes, limits: ImageLimits, *, suffix: str = "") -> str:
    """SHA-256 over everything the decoded picture shows, 64 hexadecimal digits.

    Two files share it exactly when they decode to the same size, the same colours at full depth with
    orientation and profile applied, the same transparency, and the same frames.

    Raises:
        ImageRefused: the picture cannot be decoded within `limits`, or has too many frames.
    """
    digest = hashlib.sha256()
    with decode.opened(encoded, limits, suffix=suffix) as image:
        frames = getattr(image, "n_frames", 1)
        if frames > _MAX_FRAMES or frames * image.width * image.height > limits.max_pixels:
            raise ImageRefused(Reason.TOO_MANY_PIXELS, f"Its {frames} frames are more than can be compared.")
        turn = decode.orientation(image)
        for frame in ImageSequence.Iterator(image) if frames > 1 else (image,):
            frame.load()
            values = _shown(frame, image.info.get("icc_profile"), turn)
            digest.update(f"{values.dtype.str}{values.shape}{frame.info.get('duration', 0)}".encode())
            digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()


def _shown(
    frame: Image.Image, profile: bytes | None, turn: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    if frame.mode in colour.DEEP_MODES:
        return np.asarray(decode.upright(frame, turn))
    plain = colour.to_srgb(colour.without_depth(frame), profile)
    values = np.asarray(decode.upright(plain, turn))
    opaque = values.shape[2] == 4 and bool((values[..., 3] == 255).all())
    return values[..., :3] if opaque else values
