"""Files of contents, read again for a model: whichever copy can be read and still is what it was."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from sqlalchemy import Engine, select

from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.db.tables import assets
from pinakes.images import decode, formats, hashing
from pinakes.ingest.indexing.pending import Wanted
from pinakes.ingest.indexing.present import PRESENT
from pinakes.ingest.steps import read_whole

#: Reasons that are the file's and not the picture's: another copy, or another day, may do better.
OF_THE_FILE = frozenset(
    (
        Reason.VANISHED,
        Reason.CHANGED,
        Reason.PERMISSION_DENIED,
        Reason.UNREADABLE,
        Reason.SPECIAL_FILE,
        Reason.NOT_A_PICTURE,
        Reason.LINK,
    )
)

#: Longer side to which camera RAW is developed before it is handed to a model, pixels.
DEVELOPED_SIDE = 2048


def read(engine: Engine, wanted: Wanted, limits: ImageLimits) -> bytes | Refusal:
    """Return the bytes of a content in a format that every model's decoder knows.

    Camera RAW is developed to a PNG: nothing in its bytes says to a service what they are.
    """
    refused: Refusal | None = None
    for path in _paths(engine, wanted):
        found = read_whole(path, limits)
        if isinstance(found, Refusal):
            refused = refused or found
        elif hashing.sha256(found[0]) != wanted.sha256:
            refused = refused or Refusal(Reason.CHANGED, "It was changed since it was scanned. Scan again.")
        else:
            return _developed(found[0], path, limits)
    return refused or Refusal(Reason.VANISHED, "It is not there any more. Scan again.")


def _paths(engine: Engine, wanted: Wanted) -> Iterator[str]:
    yield wanted.path
    copies = select(assets.c.path).where(PRESENT, assets.c.sha256 == wanted.sha256)
    with engine.execution_options(readonly=True).connect() as connection:
        others = [str(path) for path in connection.scalars(copies) if path != wanted.path]
    yield from others


def _developed(encoded: bytes, path: str, limits: ImageLimits) -> bytes | Refusal:
    suffix = Path(path).suffix.lower()
    if suffix not in formats.RAW_SUFFIXES:
        return encoded
    try:
        pixels = decode.decode_reduced(encoded, long_side=DEVELOPED_SIDE, limits=limits, suffix=suffix)
    except ImageRefused as refused:
        return Refusal(Reason(refused.reason), refused.sentence)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
    return stream.getvalue()
