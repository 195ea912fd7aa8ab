"""Larger pictures for a browser, made of the file that holds a content."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images import decode, hashing

#: JPEG quality of what is looked at closely.
QUALITY = 90


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
    Image.fromarray(pixels).save(stream, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    return stream.getvalue()
