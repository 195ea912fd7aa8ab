"""Where paths lie, and how they are shown to a person."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pinakes.core.paths import is_under


def is_under_any(path: str, folders: Iterable[str]) -> bool:
    """Whether an absolute path is one of `folders` or lies below one of them."""
    return any(is_under(path, folder) for folder in folders)


def spellings(folders: Iterable[str]) -> tuple[str, ...]:
    """Each folder as it was given, made absolute, and with its links resolved.

    A protected folder that was named through a link or relatively must not lose its protection for it.
    """
    found = dict.fromkeys(
        spelling
        for folder in folders
        for spelling in (os.path.abspath(os.path.expanduser(folder)), os.path.realpath(folder))  # noqa: PTH100, PTH111
    )
    return tuple(found)


def shown(path: str) -> str:
    """The path as one line of valid text: bytes that are no UTF-8 and control characters are escaped."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
