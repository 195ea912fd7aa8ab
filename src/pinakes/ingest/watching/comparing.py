"""Finding the directories that changed without notifications: a stat of every file, against what is known."""

from __future__ import annotations

import os
from collections.abc import Iterator

from sqlalchemy import Engine

from pinakes.core.paths import is_under
from pinakes.ingest.changes import Change, changes, is_same_file, remembered
from pinakes.ingest.source import Found, Walk


def changed_directories(engine: Engine, walk: Walk) -> set[str]:
    """Return the directories in which a scan would find a change; nothing is read and nothing stored.

    Files that are refused again and again are no change, nor is what lies in a folder that cannot be listed.
    """
    unlisted: list[str] = []

    def met() -> Iterator[Found]:
        for found in walk:
            if found.is_folder:
                unlisted.append(found.path)
            else:
                yield found

    with engine.execution_options(readonly=True).connect() as connection:
        merged = changes(met(), remembered(connection, walk.reach))
        touched = {_directory(change) for change in merged if change is not None and _matters(change)}
    return {
        path
        for path in touched
        if not any(is_under(path, folder) for folder in unlisted) and not walk.leaves_alone(path)
    }


def _directory(change: Change) -> str:
    path = change.found.raw if change.found is not None else change.known.path if change.known else b""
    return os.path.dirname(os.fsdecode(path))  # noqa: PTH120 - bytes that are no UTF-8 stay as they are


def _matters(change: Change) -> bool:
    found, known = change.found, change.known
    if found is None or known is None or known.missing:
        return found is not None or (known is not None and not known.missing)
    if found.status is None:
        return found.reason != known.reason
    return not is_same_file(found.status, known)
