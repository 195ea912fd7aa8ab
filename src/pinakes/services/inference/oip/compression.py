"""Compressed bodies: unpacked within a bound, and packed for those who ask for it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

from pinakes.core.errors import InvalidRequest, TooLarge, UnsupportedMedia

#: Codings of HTTP that are taken and given.
CODINGS = ("gzip", "deflate")

#: Bytes unpacked at a time, each portion counted before the next is made.
PORTION = 2**20

#: Lets zlib read gzip and zlib bodies alike, with the largest window.
_EITHER = zlib.MAX_WBITS | 32

#: Effort of compression: embeddings hardly shrink, and JSON shrinks well at the first level.
_LEVEL = 1


def unpacked(body: bytes, coding: str, *, most: int, grow: Callable[[int], None]) -> bytes:
    """Return a body without its Content-Encoding.

    Args:
        body: as it arrived.
        coding: the header's value; empty or identity for none.
        most: bytes that may come out.
        grow: is told of every portion that comes out beyond the body's own length; may refuse it.

    Raises:
        UnsupportedMedia: the coding is not taken.
        InvalidRequest: the body is not of this coding, or is cut off.
        TooLarge: more than `most` would come out.
    """
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return body
    if coding not in CODINGS:
        raise UnsupportedMedia(f"Bodies in Content-Encoding {coding} are not taken.")
    portions, received, remaining = [], 0, body
    stream = zlib.decompressobj(_EITHER)
    try:
        while not stream.eof:
            portion = stream.decompress(remaining, PORTION)
            remaining = stream.unconsumed_tail
            if not portion and not remaining and not stream.eof:
                raise InvalidRequest(f"The {coding} body is cut off.")
            received += len(portion)
            _count(received, len(portion), len(body), most, grow)
            portions.append(portion)
    except zlib.error as error:
        raise InvalidRequest(f"The body is not {coding}: {error}.") from error
    return b"".join(portions)


def _count(received: int, latest: int, length: int, most: int, grow: Callable[[int], None]) -> None:
    if received > most:
        raise TooLarge(f"The request is over {most:,} bytes when unpacked.")
    beyond = min(latest, received - length)
    if beyond > 0:
        grow(beyond)


def coding_for(accept: str) -> str:
    """Return the coding to answer in for an Accept-Encoding header, or nothing for none.

    Libraries of HTTP accept several codings of their own accord, while embeddings hardly shrink: a coding is
    used when it is the only one named, or when the header refuses an answer without one.
    """
    weights = dict(_weighted(entry) for entry in accept.lower().split(",") if entry.strip())
    named = [name for name, weight in weights.items() if weight > 0 and name not in ("identity", "*")]
    plain = weights.get("identity", weights.get("*", 1.0)) > 0
    if plain and len(named) != 1:
        return ""
    return next((coding for coding in CODINGS if coding in named), "")


def packed(body: bytes, coding: str) -> bytes:
    """Return a body in a coding of `CODINGS`."""
    return gzip.compress(body, _LEVEL, mtime=0) if coding == "gzip" else zlib.compress(body, _LEVEL)


def _weighted(entry: str) -> tuple[str, float]:
    name, _, parameters = entry.partition(";")
    weight = parameters.strip().removeprefix("q=")
    try:
        return name.strip(), float(weight) if weight else 1.0
    except ValueError:
        return name.strip(), 1.0
