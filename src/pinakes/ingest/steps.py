"""What is done to one file: naming its content, and preparing a content that was never seen before."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal, Row
from pinakes.images import decode, formats, hashing, margins, metadata, perceptual, placeholders, thumbnails
from pinakes.ingest import sidecars
from pinakes.ingest.framing import Framed, Framing
from pinakes.ingest.sidecars import Sidecar
from pinakes.ingest.source import reason_of

#: Changes whenever preparing the same content would give another result.
PREPARED_BY = "+".join(
    ("4", metadata.REVISION, perceptual.REVISION, thumbnails.REVISION, placeholders.REVISION)
)

#: Entry of the metadata that only the pixels tell: how much of the picture is margin.
EMPTY_SHARE = "empty_share"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is learned of a content by decoding it once; `thumbnail` is JPEG bytes.

    `framed` is what a model gets of it, where one was asked for.
    """

    facts: dict[str, Any]
    thumbnail: bytes
    framed: Framed | None = None


def read_whole(path: str, limits: ImageLimits) -> tuple[bytes, os.stat_result] | Refusal:
    """Read a file that may change, vanish or be something else meanwhile; never follows a link.

    Returns its bytes and status, or why it is skipped (no picture) or refused.
    """
    suffix = Path(path).suffix.lower()
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return _unopened(error)
    with os.fdopen(handle, "rb") as file:
        try:
            before = os.fstat(handle)
            if not stat.S_ISREG(before.st_mode):
                return Refusal(Reason.SPECIAL_FILE, "It is no regular file.")
            if not formats.is_picture_name(suffix) and formats.sniff(file.read(formats.PREFIX_BYTES)) is None:
                return Refusal(Reason.NOT_A_PICTURE, "It is no picture.")
            if before.st_size > limits.max_bytes:
                return _too_many_bytes(before.st_size, limits)
            file.seek(0)
            # As much as there is and one more: room for the most that may be read costs more than reading.
            encoded = file.read(before.st_size + 1)
            after = os.fstat(handle)
        except OSError as error:
            return Refusal(reason_of(error), f"It cannot be read: {error.strerror}. Check the disk it is on.")
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or len(
        encoded
    ) != after.st_size:
        return Refusal(Reason.CHANGED, "It changed while it was read. Scan again once it is at rest.")
    return encoded, after


def prepare(
    path: str, sha256: str, limits: ImageLimits, framing: Framing | None = None
) -> Prepared | Refusal:
    """Decode a file whose content is `sha256` once and learn everything that is stored of it.

    Runs in a decoding process; only plain values cross over.
    """
    file = _read_named(path, sha256, limits)
    if isinstance(file, Refusal):
        return file
    try:
        return _prepare(file, sidecars.beside(path), limits, framing)
    except ImageRefused as refused:
        return Refusal(Reason(refused.reason), refused.sentence)


def retell(path: str, sha256: str, sidecar: Sidecar | None, limits: ImageLimits) -> Row | Refusal:
    """Read the metadata of a file whose content is `sha256` anew, with a sidecar; no pixel is decoded.

    Returns the columns of `contents` that hold metadata, but for what only the pixels tell.
    """
    file = _read_named(path, sha256, limits)
    if isinstance(file, Refusal):
        return file
    if file.suffix in formats.RAW_SUFFIXES:
        return _told(None, file, sidecar)
    try:
        with decode.opened(file.encoded, limits, suffix=file.suffix) as image:
            return _told(image, file, sidecar)
    except ImageRefused as refused:
        return Refusal(Reason(refused.reason), refused.sentence)


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    encoded: bytes
    modified: float

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()


def _read_named(path: str, sha256: str, limits: ImageLimits) -> _File | Refusal:
    read = read_whole(path, limits)
    if isinstance(read, Refusal):
        return read
    encoded, status = read
    if hashing.sha256(encoded) != sha256:
        return Refusal(Reason.CHANGED, "It changed while it was read. Scan again once it is at rest.")
    return _File(Path(path).name, encoded, status.st_mtime)


def _told(image: Image.Image | None, file: _File, sidecar: Sidecar | None) -> Row:
    """The columns that hold metadata."""
    found = metadata.read(
        None if image is not None and image.format == "RAW" else image,
        encoded=file.encoded,
        sidecar=sidecar.packet if sidecar else b"",
        name=file.name,
        modified=file.modified,
    )
    named = {"sidecar": ascii(sidecar.name)[1:-1]} if sidecar else {}
    return {
        "taken_at": found.taken_at,
        "metadata_fields": found.fields,
        "metadata": {**found.details, **named},
    }


def _prepare(file: _File, sidecar: Sidecar | None, limits: ImageLimits, framing: Framing | None) -> Prepared:
    framed: Framed | None = None
    with decode.opened(file.encoded, limits, suffix=file.suffix) as image:
        told = _told(image, file, sidecar)
        width, height = decode.upright_size(image)
        facts = {
            **told,
            "bytes": len(file.encoded),
            "format": "JPEG" if image.format == "MPO" else image.format or "",
            "mode": image.mode,
            "width": width,
            "height": height,
            "frames": getattr(image, "n_frames", 1),
            "prepared_by": PREPARED_BY,
        }
        if framing is None:
            pixels = decode.reduce(image, decode.WORKING_SIDE)
        else:
            pixels, framed = framing.working(image, file.encoded, file.suffix, limits)
    hashed = perceptual.perceptual_hash(pixels)
    facts["metadata"] = {**told["metadata"], EMPTY_SHARE: round(margins.empty_share(pixels), 3)}
    facts |= {"perceptual_hash": hashed.bits, "hash_quality": hashed.quality}
    facts["placeholder"] = placeholders.encode(pixels)
    return Prepared(facts, thumbnails.encode(pixels), framed)


def _unopened(error: OSError) -> Refusal:
    reason = reason_of(error)
    sentence = {
        Reason.PERMISSION_DENIED: "You may not read it. Change its permissions and scan again.",
        Reason.VANISHED: "It was gone when it was to be read.",
    }.get(reason, f"It cannot be opened: {error.strerror}.")
    return Refusal(reason, sentence)


def _too_many_bytes(size: int, limits: ImageLimits) -> Refusal:
    return Refusal(
        Reason.TOO_MANY_BYTES,
        f"It has {size:,} bytes; at most {limits.max_bytes:,} are accepted. "
        "Raise PINAKES_IMAGES__MAX_BYTES to accept it.",
    )
