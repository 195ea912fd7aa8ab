"""What is done to one file: naming its content, and preparing a content that was never seen before."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images import decode, formats, hashing, margins, metadata, perceptual, thumbnails
from pinakes.ingest.source import reason_of

#: Changes whenever preparing the same content would give another result.
PREPARED_BY = f"3+{perceptual.REVISION}+{thumbnails.REVISION}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is learned of a content by decoding it once; `thumbnail` is JPEG bytes."""

    facts: dict[str, Any]
    thumbnail: bytes


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
            prefix = file.read(formats.PREFIX_BYTES)
            if not formats.is_picture_name(suffix) and formats.sniff(prefix) is None:
                return Refusal(Reason.NOT_A_PICTURE, "It is no picture.")
            if before.st_size > limits.max_bytes:
                return _too_many_bytes(before.st_size, limits)
            encoded = prefix + file.read(limits.max_bytes)
            after = os.fstat(handle)
        except OSError as error:
            return Refusal(reason_of(error), f"It cannot be read: {error.strerror}. Check the disk it is on.")
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or len(
        encoded
    ) != after.st_size:
        return Refusal(Reason.CHANGED, "It changed while it was read. Scan again once it is at rest.")
    return encoded, after


def prepare(path: str, sha256: str, limits: ImageLimits) -> Prepared | Refusal:
    """Decode a file whose content is `sha256` once and learn everything that is stored of it.

    Runs in a decoding process; only plain values cross over.
    """
    read = read_whole(path, limits)
    if isinstance(read, Refusal):
        return read
    encoded = read[0]
    if hashing.sha256(encoded) != sha256:
        return Refusal(Reason.CHANGED, "It changed while it was read. Scan again once it is at rest.")
    try:
        return _prepare(encoded, Path(path).suffix.lower(), limits)
    except ImageRefused as refused:
        return Refusal(Reason(refused.reason), refused.sentence)


def _prepare(encoded: bytes, suffix: str, limits: ImageLimits) -> Prepared:
    with decode.opened(encoded, limits, suffix=suffix) as image:
        found = metadata.read(image)
        width, height = decode.upright_size(image)
        facts = {
            "bytes": len(encoded),
            "format": "JPEG" if image.format == "MPO" else image.format or "",
            "mode": image.mode,
            "width": width,
            "height": height,
            "frames": getattr(image, "n_frames", 1),
            "taken_at": found.taken_at,
            "metadata_fields": found.fields,
            "prepared_by": PREPARED_BY,
        }
        pixels = decode.reduce(image, decode.WORKING_SIDE)
    hashed = perceptual.perceptual_hash(pixels)
    facts["metadata"] = {**found.details, "empty_share": round(margins.empty_share(pixels), 3)}
    facts |= {"perceptual_hash": hashed.bits, "hash_quality": hashed.quality}
    return Prepared(facts, thumbnails.encode(pixels))


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
