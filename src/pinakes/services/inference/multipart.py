"""Cutting a multipart/form-data body that is in memory into its parts, with one copy of each (RFC 7578)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from python_multipart.multipart import parse_options_header

from pinakes.core.errors import InvalidRequest

#: Largest head of one part, bytes; a name and a filename need far less.
LARGEST_HEAD = 16 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its field's name, its filename (None where it is a plain field), its bytes."""

    name: str
    filename: str | None
    content: bytes


def boundary_of(content_type: str) -> bytes:
    """Return the boundary that a Content-Type names, or raise `InvalidRequest`."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 0 < len(boundary) <= 200:
        raise InvalidRequest("The multipart Content-Type names no boundary.")
    return boundary


def parts_of(body: bytes, boundary: bytes) -> Iterator[Part]:
    """Yield the parts in order; nothing after them is looked at.

    Raises:
        InvalidRequest: the body does not begin with the boundary, or ends inside a part.
    """
    delimiter = b"--" + boundary
    place = body.find(delimiter)
    if place < 0 or (place > 0 and body[place - 2 : place] != b"\r\n"):
        raise InvalidRequest("The multipart body does not begin with its boundary.")
    while True:
        place += len(delimiter)
        if body.startswith(b"--", place):
            return
        head = body.find(b"\r\n", place)
        end_of_head = body.find(b"\r\n\r\n", head, head + LARGEST_HEAD) if head >= 0 else -1
        end = body.find(b"\r\n" + delimiter, end_of_head + 2) if end_of_head >= 0 else -1
        if end < 0 or body[place:head].strip(b" \t"):
            raise InvalidRequest("The multipart body breaks off inside a part.")
        name, filename = _names(body[head:end_of_head])
        yield Part(name, filename, body[end_of_head + 4 : end])
        place = end + 2


def _names(head: bytes) -> tuple[str, str | None]:
    for line in head.split(b"\r\n"):
        field, _, value = line.partition(b":")
        if field.strip().lower() == b"content-disposition":
            options = parse_options_header(value.strip())[1]
            filename = options.get(b"filename")
            name = options.get(b"name", b"").decode(errors="replace")
            return name, None if filename is None else filename.decode(errors="replace")
    raise InvalidRequest("A part of the multipart body has no Content-Disposition.")
