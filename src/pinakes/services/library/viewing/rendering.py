"""Larger pictures for a browser, made of the file that holds a content."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from pathlib import Path

from PIL import Image

from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images import decode, hashing

#: JPEG quality of what is looked at closely.
QUALITY = 90

#: Longest side whose JPEG is packed as tightly as can be; beyond it that takes longer than sending more.
_PACKED = 3200


def rendered(path: str, sha256: str, side: int, limits: ImageLimits) -> bytes | Refusal:
    """JPEG bytes of the picture in a file, upright, sRGB, at most `side` pixels long; runs in a process.

    A file that is another picture by now is refused: what is shown is what was named.
    """
    try:
        encoded = Path(path).read_bytes()
    except OSError:
        return Refusal(Reason.VANISHED, "It is not there any more. Scan again.")
    if hashing.sha256(encoded) != sha256:
        return Refusal(Reason.CHANGED, "It is another picture now. Scan again.")
    try:
        pixels = decode.decode_reduced(
            encoded, long_side=side, limits=limits, suffix=Path(path).suffix.lower()
        )
    except ImageRefused as refused:
        return Refusal(Reason(refused.reason), refused.sentence)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=QUALITY, subsampling=0, optimize=side <= _PACKED)
    return stream.getvalue()


def rendered_into(
    kept: str, path: str, sha256: str, side: int, limits: ImageLimits
) -> bytes | Refusal | None:
    """As `rendered`, but into the file `kept`, which is there whole or not at all; runs in a process.

    Answers the bytes themselves where they cannot be written, and None where they were.
    """
    made = rendered(path, sha256, side, limits)
    if isinstance(made, Refusal):
        return made
    partial = Path(f"{kept}.{os.getpid()}.part")
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(made)
        partial.replace(kept)
    except OSError:  # a full disk is no reason to show nothing
        with suppress(OSError):
            partial.unlink()
        return made
    return None
