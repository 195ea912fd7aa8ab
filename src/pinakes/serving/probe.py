"""A tiny picture known to be good, with which a model proves that it can serve."""

from __future__ import annotations

import struct
import zlib


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def gradient_png(side: int) -> bytes:
    """Return a grey PNG of `side` × `side` pixels whose brightness grows from corner to corner."""
    rows = b"".join(b"\0" + bytes(255 * (x + y) // (2 * side - 2) for x in range(side)) for y in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


#: Tried after loading, so that a service is healthy only once it has embedded something.
PROBE_IMAGE = gradient_png(64)

#: The same for words.
PROBE_TEXT = "a photo"
