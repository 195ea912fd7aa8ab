"""Several files in one multipart/form-data body (RFC 7578)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence


def multipart(field: str, files: Sequence[bytes], words: Iterable[tuple[str, str]] = ()) -> tuple[str, bytes]:
    """Return Content-Type and body with `files` as parts named `field` and plain fields for `words`."""
    boundary = uuid.uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="picture"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    plain = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in words
    ).encode()
    parts = b"".join(piece for file in files for piece in (head, file, b"\r\n"))
    return f"multipart/form-data; boundary={boundary}", b"".join(
        (plain, parts, f"--{boundary}--\r\n".encode())
    )
