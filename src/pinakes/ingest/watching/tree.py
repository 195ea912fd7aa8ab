"""Notifications for whole trees: every directory watched by itself, also those that come later."""

from __future__ import annotations

import os

from pinakes.ingest.source import Walk
from pinakes.ingest.watching.inotify import Inotify, Mask, Notification

_COME = Mask.MOVED_TO | Mask.CREATE


class Tree:
    """Watches all directories below some folders that `walk` would enter: no links, nothing left out.

    Attributes:
        walk: may be replaced at any time; what is watched already stays watched.

    Raises:
        NoNotifications: this system gives none.
    """

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self._inotify = Inotify()
        self._folders: dict[int, bytes] = {}
        self._watches: dict[bytes, int] = {}

    def add(self, folder: bytes) -> None:
        """Watch a directory and everything below it.

        Raises:
            NoNotifications: the limit of watches is reached; what was added of `folder` is watched no more.
        """
        try:
            for directory in self.walk.directories(folder):
                self._add(directory)
        except BaseException:
            self.remove(folder)
            raise

    def remove(self, folder: bytes) -> None:
        """Watch a directory and everything below it no more."""
        for directory in [one for one in self._watches if _is_under(one, folder)]:
            watch = self._watches.pop(directory)
            self._folders.pop(watch, None)
            self._inotify.remove(watch)

    def read(self, seconds: float) -> set[bytes] | None:
        """Wait at most so long and return the directories in which something changed.

        None means that changes were lost, so that everything may have changed.

        Raises:
            NoNotifications: a directory came that is one more than the limit.
        """
        touched: set[bytes] = set()
        for told in self._inotify.read(seconds):
            if told.mask & Mask.Q_OVERFLOW:
                return None
            folder = self._folders.get(told.watch)
            if folder is not None:
                touched |= self._touched(folder, told)
        return touched

    def close(self) -> None:
        """Give all watches back."""
        self._inotify.close()

    def _add(self, directory: bytes) -> None:
        try:
            watch = self._inotify.add(directory)
        except OSError:  # gone again, or not ours to read: the scan says which
            return
        # A directory that was moved keeps its number.
        self._watches.pop(self._folders.get(watch, b""), None)
        self._folders[watch], self._watches[directory] = directory, watch

    def _touched(self, folder: bytes, told: Notification) -> set[bytes]:
        if told.mask & (Mask.IGNORED | Mask.UNMOUNT | Mask.DELETE_SELF | Mask.MOVE_SELF):
            if told.mask & Mask.IGNORED:
                self._forget(told.watch)
            return {folder}
        if not told.mask & Mask.ISDIR:
            return {folder}
        entry = folder.rstrip(b"/") + b"/" + told.name
        # What is deleted ends its watches itself; what is moved would be watched on under its old name.
        if told.mask & Mask.MOVED_FROM:
            self.remove(entry)
        # What was put into a new directory before it was watched is found by looking at all of it.
        elif told.mask & _COME and not self.walk.leaves_out(entry):
            self.add(entry)
            return {folder, entry}
        return {folder}

    def _forget(self, watch: int) -> None:
        folder = self._folders.pop(watch, None)
        if folder is not None and self._watches.get(folder) == watch:
            del self._watches[folder]


def _is_under(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")


def text(folders: set[bytes]) -> set[str]:
    """The directories as text, bytes that are no UTF-8 as surrogate escapes."""
    return {os.fsdecode(folder) for folder in folders}
