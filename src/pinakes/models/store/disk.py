"""Writing so that it is there after a crash, and saying in a sentence why it could not be written."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pinakes.core.errors import DiskFull, StateUnusable

#: Room that is left free on the disk, bytes: other programs need some too.
SPARE = 64 * 2**20


@contextmanager
def told(directory: Path) -> Iterator[None]:
    """Turn errors of writing below `directory` into `DiskFull` and `StateUnusable`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise full(directory) from error
        raise StateUnusable(
            f"The model directory {directory} cannot be used: {error.strerror or error}.",
            remedy="Make it writable, or choose another with PINAKES_MODELS__DIRECTORY.",
        ) from error


def full(directory: Path) -> DiskFull:
    """The error for a disk without room."""
    return DiskFull(
        f"The disk that holds {directory} is full.",
        remedy="Free some space, or choose another place with PINAKES_MODELS__DIRECTORY; "
        "what has arrived is kept.",
    )


def require_room(directory: Path, nbytes: int) -> None:
    """Refuse to start what cannot end well.

    Raises:
        DiskFull: the disk has less room than `nbytes` and a little spare.
    """
    free = shutil.disk_usage(directory).free
    if free < nbytes + SPARE:
        raise DiskFull(
            f"{nbytes / 1e6:,.0f} MB are needed in {directory}, and {free / 1e6:,.0f} MB are free.",
            remedy="Free some space, or choose another place with PINAKES_MODELS__DIRECTORY.",
        )


def written(path: Path, text: str) -> None:
    """Write a small file so that after a crash it holds the old text or the new, whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    sync(beside)
    beside.replace(path)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
