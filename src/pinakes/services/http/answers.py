"""Answers in JSON that can say every file name, and the cursors of long lists."""

from __future__ import annotations

import base64
import binascii
import json
import os
from typing import Any

from starlette.responses import Response

from pinakes.core.errors import InvalidRequest

#: Items of a page when a caller does not say, and the most it may ask for.
DEFAULT_LIMIT, MOST_LIMIT = 100, 1000


class Json(Response):
    """A JSON answer; names that are no UTF-8 come out as lone surrogates, as JSON can say them."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return json.dumps(content, separators=(",", ":")).encode("ascii")


def cursor_of(path: str) -> str:
    """Name the place after `path` in a list that is in the order of paths."""
    return base64.urlsafe_b64encode(os.fsencode(path)).decode("ascii")


def path_of(cursor: str) -> str:
    """Return the path of a cursor.

    Raises:
        InvalidRequest: it is none that was given out.
    """
    try:
        return os.fsdecode(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise _no_cursor() from error


def position_of(cursor: str | None) -> int:
    """Return the position of a cursor in a numbered list, -1 for its begin.

    Raises:
        InvalidRequest: it is none that was given out.
    """
    if cursor is None:
        return -1
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 16):
        raise _no_cursor()
    return int(cursor)


def _no_cursor() -> InvalidRequest:
    return InvalidRequest("The cursor is none.", remedy="Use the `next` of the page before, or none.")
