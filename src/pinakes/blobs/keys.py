"""Which keys a blob may have."""

from __future__ import annotations

import re

from pinakes.core.errors import InvalidRequest

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")


def checked(key: str) -> str:
    """Return `key` if it may name a blob; anything that could leave a directory is refused.

    Raises:
        InvalidRequest: it may not.
    """
    if not _KEY.fullmatch(key):
        raise InvalidRequest(f"{key!r} cannot name a blob.")
    return key
