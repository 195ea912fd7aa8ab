"""Reading pictures below one directory, and nothing outside it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from pinakes.core.paths import is_under
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal

#: Reason for a path that leads out of the root.
OUTSIDE = "outside-image-root"

#: Longest path that is taken, characters.
LONGEST_PATH = 4096


class OutsideRoot(Exception):
    """Raised for a path that leads out of the image root, by its steps, by a link, or absolutely."""


class ImageRoot:
    """The directory that paths of pictures are relative to.

    Links are followed as long as they stay below it; an absolute path is taken if it leads below it.
    """

    def __init__(self, root: Path, limits: ImageLimits) -> None:
        self._root = os.path.realpath(root)
        self._limits = limits

    def read(self, path: str) -> bytes | Refusal:
        """Bytes of the file, or why there are none.

        Raises:
            OutsideRoot: the path leads elsewhere.
        """
        if not path or "\0" in path or len(path) > LONGEST_PATH:
            return Refusal(Reason.VANISHED, "The path is none.")
        try:
            real = os.path.realpath(os.path.join(self._root, path))  # noqa: PTH118 - joins absolute paths too
        except (OSError, ValueError):
            return Refusal(Reason.UNREADABLE, "The path cannot be followed.")
        if not is_under(real, self._root):
            raise OutsideRoot
        return self._read(real)

    def _read(self, real: str) -> bytes | Refusal:
        try:
            handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            return _unopened(error)
        try:
            # A directory on the way may have become a link since the path was followed.
            if not is_under(os.path.realpath(f"/proc/self/fd/{handle}"), self._root):
                raise OutsideRoot
            refused = self._refused(os.fstat(handle))
            if refused is not None:
                return refused
            with os.fdopen(handle, "rb", closefd=False) as file:
                return file.read(self._limits.max_bytes)
        except OSError as error:
            return _unopened(error)
        finally:
            os.close(handle)

    def _refused(self, status: os.stat_result) -> Refusal | None:
        if not stat.S_ISREG(status.st_mode):
            return Refusal(Reason.SPECIAL_FILE, "It is no regular file.")
        if status.st_size <= self._limits.max_bytes:
            return None
        return Refusal(
            Reason.TOO_MANY_BYTES,
            f"It has {status.st_size:,} bytes; at most {self._limits.max_bytes:,} are accepted. "
            "Raise PINAKES_IMAGES__MAX_BYTES to accept it.",
        )


def _unopened(error: OSError) -> Refusal:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return Refusal(Reason.VANISHED, "There is no such file below the image root.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return Refusal(Reason.PERMISSION_DENIED, "The service may not read it.")
    return Refusal(Reason.UNREADABLE, f"It cannot be read: {error.strerror}.")
