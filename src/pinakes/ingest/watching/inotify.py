"""Linux's notifications of changes in directories (inotify(7)), by names that need not be text."""

from __future__ import annotations

import ctypes
import errno
import os
import select
import struct
from dataclasses import dataclass
from enum import IntFlag

_HEADER = struct.Struct("iIII")

#: Bytes read at once: some hundreds of notifications.
_ROOM = 64 * 1024


class Mask(IntFlag):
    """What happened, as linux/inotify.h numbers it."""

    ATTRIB = 0x4
    CLOSE_WRITE = 0x8
    MOVED_FROM = 0x40
    MOVED_TO = 0x80
    CREATE = 0x100
    DELETE = 0x200
    DELETE_SELF = 0x400
    MOVE_SELF = 0x800
    UNMOUNT = 0x2000
    Q_OVERFLOW = 0x4000
    IGNORED = 0x8000
    ONLYDIR = 0x1000000
    DONT_FOLLOW = 0x2000000
    ISDIR = 0x40000000


#: What is asked of a directory. Not every write: a file is looked at when whoever writes it has closed it.
WANTED = (
    Mask.ATTRIB
    | Mask.CLOSE_WRITE
    | Mask.MOVED_FROM
    | Mask.MOVED_TO
    | Mask.CREATE
    | Mask.DELETE
    | Mask.DELETE_SELF
    | Mask.MOVE_SELF
    | Mask.ONLYDIR
    | Mask.DONT_FOLLOW
)

#: Errors that mean that no more can be watched: of watches, and of instances.
_LIMITS = (errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM)


class NoNotifications(Exception):
    """Raised when the system gives none, or no more; the text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One change: the number of the watched directory, what happened, and the entry's name, or nothing."""

    watch: int
    mask: Mask
    name: bytes


class Inotify:
    """The kernel's queue of notifications for this process.

    Raises:
        NoNotifications: this system has none, or the user has too many queues open.
    """

    def __init__(self) -> None:
        try:
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._queue: int = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, AttributeError) as error:
            raise NoNotifications("This system notifies of no changes.") from error
        if self._queue < 0:
            raise NoNotifications("Too many programs watch folders already.")

    def add(self, folder: bytes) -> int:
        """Watch one directory, not what is below it; returns its number, the same if it is asked twice.

        Raises:
            NoNotifications: the limit of watches is reached.
            OSError: it is no directory, is gone, or may not be read.
        """
        watch: int = self._libc.inotify_add_watch(self._queue, folder, ctypes.c_uint32(WANTED))
        if watch >= 0:
            return watch
        number = ctypes.get_errno()
        if number in _LIMITS:
            raise NoNotifications(
                "The limit of watched folders is reached; `sysctl fs.inotify.max_user_watches` raises it."
            )
        raise OSError(number, os.strerror(number), os.fsdecode(folder))

    def remove(self, watch: int) -> None:
        """Stop watching a directory; one that is gone already is nothing to complain of."""
        self._libc.inotify_rm_watch(self._queue, watch)

    def read(self, seconds: float) -> list[Notification]:
        """Wait at most so long for notifications, and return those there are."""
        readable, _, _ = select.select([self._queue], [], [], seconds)
        if not readable:
            return []
        try:
            return list(_split(os.read(self._queue, _ROOM)))
        except BlockingIOError:
            return []

    def close(self) -> None:
        """Give the queue and its watches back."""
        os.close(self._queue)


def _split(told: bytes) -> list[Notification]:
    found, at = [], 0
    while at < len(told):
        watch, mask, _, length = _HEADER.unpack_from(told, at)
        at += _HEADER.size
        found.append(Notification(watch, Mask(mask), told[at : at + length].rstrip(b"\0")))
        at += length
    return found
