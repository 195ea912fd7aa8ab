"""Folders on disk that could be taken in: what a typed path may go on with."""

from __future__ import annotations

import os
from itertools import islice
from typing import Any

from pinakes.core.errors import Forbidden
from pinakes.ingest.source import SYSTEM_FOLDERS
from pinakes.services.opened import Library

#: Folders answered, and entries of a folder that are looked at for them.
MOST_PLACES, MOST_ENTRIES = 50, 20_000


def places_below(library: Library, beginning: str) -> dict[str, Any]:
    """Folders whose paths begin with `beginning`, roots among them, and whether there are more."""
    fold = beginning.casefold()
    found = [root for root in library.roots if root.casefold().startswith(fold)]
    folder = beginning.rpartition("/")[0]
    if folder:
        found += [path for path in _inside(library, folder) if path.casefold().startswith(fold)]
    unique = list(dict.fromkeys(found))
    return {"places": unique[:MOST_PLACES], "more": len(unique) > MOST_PLACES}


def _inside(library: Library, folder: str) -> list[str]:
    try:
        real = library.within(folder)
        with os.scandir(real) as entries:
            return sorted(
                entry.path
                for entry in islice(entries, MOST_ENTRIES)
                if not entry.name.startswith(".")
                and entry.name.lower() not in SYSTEM_FOLDERS
                and entry.is_dir(follow_symlinks=False)
            )
    except (OSError, Forbidden):  # what cannot be listed has nothing to go on with
        return []
