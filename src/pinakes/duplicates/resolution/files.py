"""Moving files: nothing is overwritten, no link is followed, and only the file that was meant moves."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import stat
import sys
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from types import TracebackType

from pinakes.core.paths import is_under

#: Directories that are held open at once; each is one file descriptor.
OPEN_DIRECTORIES = 64

#: linux/fs.h: fail with EEXIST instead of replacing what has the new name.
_RENAME_NOREPLACE = 1

#: What a kernel or file system answers that cannot rename without replacing.
_CANNOT = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)

#: What says that a disk, or a person's share of it, has no room.
FULL = (errno.ENOSPC, errno.EDQUOT)


class Objection(Exception):
    """Raised when one item cannot be done; its text is the reason that is reported and journalled."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file was when it was scanned: bytes, modification time, inode and device as stored."""

    bytes: int
    mtime_ns: int
    inode: str
    device: str
    sha256: str

    def is_of(self, status: os.stat_result) -> bool:
        """Whether a file is that one still, as far as its status tells."""
        return (status.st_size, status.st_mtime_ns, str(status.st_ino)) == (
            self.bytes,
            self.mtime_ns,
            self.inode,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A name in a directory that is held open, so that nobody can put another directory in its place."""

    directory: int
    name: str

    def status(self) -> os.stat_result | None:
        """What has the name, without following a link; None when nothing has."""
        try:
            return os.stat(self.name, dir_fd=self.directory, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def followed(self) -> os.stat_result | None:
        """What the name leads to, through links; None when that is nothing."""
        try:
            return os.stat(self.name, dir_fd=self.directory)
        except OSError:
            return None

    def link_target(self) -> str | None:
        """Where the symbolic link of this name points; None when it is no such link."""
        try:
            return os.readlink(self.name, dir_fd=self.directory)
        except OSError:
            return None

    def unlink(self) -> None:
        """Remove the name."""
        os.unlink(self.name, dir_fd=self.directory)

    def sha256(self) -> str:
        """SHA-256 of the file's bytes, in hexadecimal; a link is not followed."""
        descriptor = os.open(self.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self.directory)
        with os.fdopen(descriptor, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


class Directories:
    """Directories held open by path, a bounded number of them; a context manager.

    Those that are asked for as `lasting` are written to disk by `sync`, or when they are let go: a rename
    out of or into one of them then survives a power cut on every file system that keeps a log.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[str, int] = OrderedDict()
        self._lasting: set[int] = set()

    def __enter__(self) -> Directories:
        """Hold nothing yet."""
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Let all go."""
        while self._open:
            self._let_go()

    def place(self, path: str, folder: str, *, lasting: bool = False) -> Place:
        """The name at `path`, in a directory that really lies in `folder`.

        Raises:
            Objection: the directory is not there, or is reached through a link that leads out of `folder`.
        """
        parent, name = os.path.split(path)
        descriptor = self._open.get(parent)
        if descriptor is None:
            descriptor = self._open[parent] = _open_within(parent, folder)
        self._open.move_to_end(parent)
        if lasting:
            self._lasting.add(descriptor)
        while len(self._open) > OPEN_DIRECTORIES:
            self._let_go()
        return Place(descriptor, name)

    def sync(self) -> None:
        """Write the lasting directories to disk."""
        while self._lasting:
            # Some file systems do not know how to write a directory; they have no better promise to give.
            with suppress(OSError):
                os.fsync(self._lasting.pop())

    def _let_go(self) -> None:
        _, descriptor = self._open.popitem(last=False)
        if descriptor in self._lasting:
            self.sync()
        os.close(descriptor)


def move(source: Place, target: Place) -> None:
    """Rename within a file system; never replaces anything.

    Where neither the kernel nor the file system can rename without replacing, the file gets its second
    name first and loses the first after, so that being killed in between leaves it with both.

    Raises:
        FileExistsError: something has the target's name.
        OSError: as the system says.
    """
    sys.audit("os.rename", source.name, target.name, source.directory, target.directory)
    rename = _renameat2()
    if rename is not None:
        names = os.fsencode(source.name), os.fsencode(target.name)
        if rename(source.directory, names[0], target.directory, names[1], _RENAME_NOREPLACE) == 0:
            return
        number = ctypes.get_errno()
        if number not in _CANNOT:
            raise OSError(number, os.strerror(number), source.name)
    link(source, target)
    source.unlink()


def link(source: Place, target: Place) -> None:
    """Give a file a second name; never replaces anything, never follows a link.

    Raises:
        OSError: as the system says.
    """
    os.link(
        source.name,
        target.name,
        src_dir_fd=source.directory,
        dst_dir_fd=target.directory,
        follow_symlinks=False,
    )


def check_unchanged(place: Place, identity: Identity) -> os.stat_result:
    """Return the status of a file that is still the one that was scanned.

    An inode number means something within one mount of a volume only: where the device has another number
    than it had, as after a restart, the bytes are read and compared instead.

    Raises:
        Objection: it is gone, is no regular file, or has changed.
        OSError: it cannot be looked at.
    """
    status = place.status()
    if status is None:
        raise Objection("it is no longer there; scan again")
    same = (
        stat.S_ISREG(status.st_mode)
        and status.st_size == identity.bytes
        and status.st_mtime_ns == identity.mtime_ns
    )
    if same and str(status.st_dev) == identity.device:
        same = str(status.st_ino) == identity.inode
    elif same:
        same = place.sha256() == identity.sha256
    if not same:
        raise Objection("it has changed since it was scanned; scan again")
    return status


def is_same_file(status: os.stat_result | None, other: os.stat_result | None) -> bool:
    """Whether two statuses are of one file on disk."""
    return status is not None and other is not None and os.path.samestat(status, other)


def is_full(error: OSError) -> bool:
    """Whether the system says that there is no room."""
    return error.errno in FULL


def said(error: OSError) -> str:
    """What the system says of an error, as the reason of an item."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def make_directories(path: str, folder: str) -> None:
    """Make `path` and what lies between it and `folder`, which must be there, inside of it really.

    Raises:
        Objection: `folder` is not there, or a link on the way leads out of it.
        OSError: as the system says.
    """
    if not os.path.isdir(folder):  # noqa: PTH112
        raise Objection("its folder is not there; attach its volume and try again")
    missing: list[str] = []
    while not os.path.lexists(path):
        path, name = os.path.split(path)
        missing.append(name)
    if not is_under(os.path.realpath(path), os.path.realpath(folder)):
        raise Objection("a link leads out of its folder")
    for name in reversed(missing):
        path = os.path.join(path, name)  # noqa: PTH118
        with suppress(FileExistsError):
            os.mkdir(path)  # noqa: PTH102


@cache
def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    function.restype = ctypes.c_int
    return function  # type: ignore[no-any-return]


def _open_within(directory: str, folder: str) -> int:
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise Objection(f"its directory cannot be opened: {said(error)}; scan again") from error
    try:
        real = os.path.realpath(directory)
        # The real path was looked up after the directory was opened: it must be that same directory.
        same = is_same_file(os.fstat(descriptor), os.stat(real))  # noqa: PTH116
        if not same or not is_under(real, os.path.realpath(folder)):
            raise Objection("a link leads out of its folder; scan again")
    except BaseException as error:
        os.close(descriptor)
        if isinstance(error, OSError):
            raise Objection(f"its directory cannot be opened: {said(error)}; scan again") from error
        raise
    return descriptor
