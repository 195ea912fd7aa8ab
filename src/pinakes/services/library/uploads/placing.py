"""Where files lie while they arrive, and where they come to lie: never in the place of anything else."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import FileIO
from itertools import islice
from pathlib import Path
from uuid import uuid4

from pinakes.core.errors import DiskFull, ReadOnlyFolder
from pinakes.services.library.uploads.names import numbered

#: Holds what is on its way; its name hides it from scans, and it is on the disk of the place itself.
INCOMING = ".incoming"

#: Numbers that are tried for a name before it gets one that nobody has.
MOST_NUMBERS = 1000

_FULL = (errno.ENOSPC, errno.EDQUOT)

#: What file systems without hard links say of one.
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


class Place:
    """A folder for uploads, which is made when the first arrives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / INCOMING

    def clear(self) -> None:
        """Remove what was on its way when a process died."""
        if self._incoming.is_dir():
            for partial in self._incoming.glob("*.part"):
                with suppress(OSError):
                    partial.unlink()

    @contextmanager
    def partial(self, nbytes: int) -> Iterator[FileIO]:
        """A new file for so many bytes, that is gone at the end whatever happens.

        Raises:
            DiskFull: there is no room, at the begin or as it is written.
            ReadOnlyFolder: the folder cannot be written.
        """
        path = self._incoming / f"{uuid4().hex}.part"
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self._incoming).free < nbytes:
                raise self._full()
            with path.open("xb", buffering=0) as file:
                yield file
        except OSError as error:
            if error.errno in _FULL:
                raise self._full() from error
            raise ReadOnlyFolder(
                f"The folder of added pictures, {self.folder}, cannot be written: {error.strerror}.",
                remedy="Make it writable, or choose another with PINAKES_APPLICATION__UPLOADS.",
            ) from error
        finally:
            with suppress(OSError):
                path.unlink()

    def dated(self, taken_at: float | None, now: float) -> Path:
        """The folder of a month: that of the picture where it is known, else the present one."""
        moment = datetime.fromtimestamp(now if taken_at is None else taken_at, UTC)
        return self.folder / f"{moment:%Y}" / f"{moment:%Y-%m}"

    def settle(self, partial: Path, folder: Path, name: str) -> Path:
        """Give a whole file its name in a folder, or a like one that is free; it is there whole or not."""
        folder.mkdir(parents=True, exist_ok=True)
        names = (*islice(numbered(name), MOST_NUMBERS), f"{uuid4().hex} {name}")
        path = next(path for name in names if _claimed(partial, path := folder / name))
        for directory in (folder, folder.parent, self.folder):
            sync(directory)
        return path

    def settle_as(self, partial: Path, path: Path) -> bool:
        """Give a whole file this very name; False where something has it."""
        if not _claimed(partial, path):
            return False
        sync(path.parent)
        return True

    def _full(self) -> DiskFull:
        return DiskFull(
            f"The disk that holds {self.folder} is full.",
            remedy="Free some space, or choose another folder with PINAKES_APPLICATION__UPLOADS.",
        )


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _claimed(partial: Path, path: Path) -> bool:
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _reserved(partial, path)
    return True


def _reserved(partial: Path, path: Path) -> bool:
    """The same where there are no hard links: an empty file takes the name until the whole one does."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    try:
        partial.replace(path)
    except OSError:
        path.unlink()
        raise
    return True
