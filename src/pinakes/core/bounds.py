"""What every index refuses of a question, of vectors or of words, so that all refuse the same."""

from __future__ import annotations

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.core.payload import Folders

#: Most hits of a question.
MOST_HITS = 10_000

#: Most folders a question may name.
MOST_FOLDERS = 100_000


def check_limit(limit: int) -> None:
    """Refuse a limit below 1 or above `MOST_HITS` with `InvalidRequest`."""
    if not 0 < limit <= MOST_HITS:
        raise InvalidRequest(f"The limit is {limit}; it may be from 1 to {MOST_HITS:,}.")


def check_folders(folders: Folders) -> None:
    """Refuse what is no set of whole numbers with `InvalidRequest`, too many of them with `TooLarge`."""
    if folders is None:
        return
    if not isinstance(folders, frozenset) or not all(type(folder) is int for folder in folders):
        raise InvalidRequest("Folders are a frozenset of whole numbers, or None for every folder.")
    if len(folders) > MOST_FOLDERS:
        raise TooLarge(f"{len(folders):,} folders in one question; at most {MOST_FOLDERS:,} are taken.")
