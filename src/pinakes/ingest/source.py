"""Walking folders: every file met, in the byte order of its path, and every folder that could not be read."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import NamedTuple

from pinakes.core.errors import FolderUnreadable
from pinakes.core.paths import is_under
from pinakes.core.types import Reason

_DOT = ord(".")

#: Folders that programs and systems make for themselves; what is in them is not the person's.
SYSTEM_FOLDERS = frozenset(
    ("@eadir", "#recycle", "#snapshot", "$recycle.bin", "system volume information", "lost+found", "__macosx")
)


class Found(NamedTuple):
    """A file or an unreadable folder that the walk met; `status` is None for what has no readable status.

    `raw` is the path as the file system's bytes. `reason` is set where the walk itself decided: a link, a
    special file, a hidden or excluded name, or a folder that may not be listed (`is_folder`).
    """

    raw: bytes
    status: os.stat_result | None
    reason: Reason | None = None
    is_folder: bool = False

    @property
    def path(self) -> str:
        """The path as text, bytes that are no UTF-8 as surrogate escapes."""
        return os.fsdecode(self.raw)


@dataclass(frozen=True, slots=True)
class Walk:
    """What to walk: absolute real folders, none inside another, in byte order, and patterns to leave out.

    A pattern with a slash is matched against the path below the folder, one without against the name;
    `*`, `?` and `[…]` as in a shell. With `include`, only files that match one of them are taken.
    `never` holds real folders that are passed over wherever they are met, such as the state's own. `only`
    limits the walk to some directories inside of the folders, and `rest_seconds` tells a scan to leave for
    later what was changed so shortly before.
    """

    folders: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    rest_seconds: float = 0.0

    @property
    def reach(self) -> tuple[str, ...]:
        """The directories that are walked: everything below them is met, and nothing else."""
        return self.folders if self.only is None else self.only

    def __iter__(self) -> Iterator[Found]:
        """Yield everything met; files come in the order of their paths' bytes."""
        # Everything is bytes until a path is looked at: half the cost of a scan that finds no change.
        for top in map(os.fsencode, self.reach):
            yield from self._walk(top, self._skip(top))

    def count(self) -> int:
        """How many files a walk would yield, without looking at any of them."""
        return sum(not found.is_folder for found in self)

    def limited(self, directories: Iterable[str]) -> Walk:
        """The same walk of these directories alone; those outside of the folders are left out."""
        plain = {os.path.normpath(path) for path in directories}  # ".." leads elsewhere
        inside = {path for path in plain if any(is_under(path, folder) for folder in self.folders)}
        return replace(self, only=outermost(inside))

    def directories(self, top: bytes) -> Iterator[bytes]:
        """Yield a directory and those below it that the walk would enter, each before what it holds."""
        stack, skip = [top], self._skip(top)
        while stack:
            folder = stack.pop()
            yield folder
            for entry in self._listing(folder):
                if isinstance(entry, Found) or not entry.is_dir(follow_symlinks=False):
                    continue
                if not self._left_out(entry.name, entry.path, skip):
                    stack.append(entry.path)

    def leaves_out(self, directory: bytes) -> bool:
        """Whether the walk never enters a directory below its folders: it, or one above it, is left out."""
        skip, path = self._skip(directory), os.fsdecode(directory)
        parts = path[skip:].split("/")
        above = (path[:skip] + "/".join(parts[: count + 1]) for count in range(len(parts)))
        return any(
            self._left_out(os.fsencode(name), os.fsencode(path), skip)
            for name, path in zip(parts, above, strict=True)
        )

    def leaves_alone(self, path: str) -> bool:
        """Whether a path lies in a folder of `never` inside of which the walk does not begin.

        The walk meets nothing there, so that it cannot tell that something is gone.
        """
        return any(
            is_under(path, folder)
            for folder in self.never
            if not any(is_under(top, folder) for top in self.reach)
        )

    def is_at_rest(self, found: Found) -> bool:
        """Whether a file was left alone for `rest_seconds`, so that nobody is writing it."""
        if not self.rest_seconds or found.status is None:
            return True
        # A clock that runs ahead, as some servers' do, must not keep a file out for ever.
        return not 0 <= time.time() - found.status.st_mtime < self.rest_seconds

    def _skip(self, path: bytes) -> int:
        """Where in a path begins what patterns are matched against: after the folder that holds it."""
        inside = os.fsdecode(path)
        return len(next(folder for folder in self.folders if is_under(inside, folder)).rstrip("/")) + 1

    def _walk(self, top: bytes, skip: int) -> Iterator[Found]:
        stack = [iter(self._listing(top))]
        while stack:
            entry = next(stack[-1], None)
            if entry is None:
                stack.pop()
            elif isinstance(entry, Found):
                yield entry
            elif not entry.is_dir(follow_symlinks=False):
                yield self._file(entry, skip)
            elif not self._left_out(entry.name, entry.path, skip):
                stack.append(iter(self._listing(entry.path)))

    def _listing(self, folder: bytes) -> Sequence[os.DirEntry[bytes] | Found]:
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=_order)
        except OSError as error:
            return (Found(folder, None, reason_of(error), is_folder=True),)

    def _left_out(self, name: bytes, path: bytes, skip: int) -> bool:
        if name.startswith(b".") or os.fsdecode(name).lower() in SYSTEM_FOLDERS:
            return True
        if self.never and os.fsdecode(path) in self.never:
            return True
        return self._matches(self.exclude, name, path, skip)

    def _file(self, entry: os.DirEntry[bytes], skip: int) -> Found:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            return Found(entry.path, None, reason_of(error))
        mode, name = status.st_mode, entry.name
        if stat.S_ISREG(mode) and name[0] != _DOT and not self.exclude and not self.include:
            return Found(entry.path, status)
        return Found(entry.path, status, self._decided(entry, status, skip))

    def _decided(self, entry: os.DirEntry[bytes], status: os.stat_result, skip: int) -> Reason | None:
        if stat.S_ISLNK(status.st_mode):
            return Reason.LINK
        if not stat.S_ISREG(status.st_mode):
            return Reason.SPECIAL_FILE
        if entry.name.startswith(b"."):
            return Reason.HIDDEN
        wanted = not self.include or self._matches(self.include, entry.name, entry.path, skip)
        return (
            Reason.EXCLUDED
            if not wanted or self._matches(self.exclude, entry.name, entry.path, skip)
            else None
        )

    @staticmethod
    def _matches(patterns: Sequence[str], name: bytes, path: bytes, skip: int) -> bool:
        if not patterns:
            return False
        named, inside = os.fsdecode(name), os.fsdecode(path)[skip:]
        return any(fnmatch(inside if "/" in pattern else named, pattern) for pattern in patterns)


def resolve_folders(folders: Sequence[str | os.PathLike[str]]) -> tuple[str, ...]:
    """Return the folders as real absolute paths in byte order, leaving out any that lies in another.

    Raises:
        FolderUnreadable: one is not there, is no folder, or may not be listed; nothing was started.
    """
    return outermost({_readable(os.fspath(folder)) for folder in folders})


def reason_of(error: OSError) -> Reason:
    """The reason that an operating-system error stands for."""
    if isinstance(error, PermissionError):
        return Reason.PERMISSION_DENIED
    return Reason.VANISHED if isinstance(error, FileNotFoundError) else Reason.UNREADABLE


def outermost(folders: Iterable[str]) -> tuple[str, ...]:
    """Return absolute folders in the byte order of what they hold, without those inside another."""
    found: list[str] = []
    # With the slash that follows in every path below it, so that "a b" comes before "a".
    for folder in sorted(folders, key=lambda folder: os.fsencode(folder).rstrip(b"/") + b"/"):
        if not found or not is_under(folder, found[-1]):
            found.append(folder)
    return tuple(found)


def _readable(folder: str) -> str:
    if not folder:  # a shell's variable that is not set; for the system it is the directory one stands in
        raise FolderUnreadable("A folder without a name was given.", remedy="Write . for this one.")
    real = os.path.realpath(folder)
    try:
        with os.scandir(real):
            return real
    except OSError as error:
        raise FolderUnreadable(
            f"The folder {folder!r} cannot be read: {error.strerror}.",
            remedy="Check its name, that its volume is attached, and that you may read it.",
        ) from error


def _order(entry: os.DirEntry[bytes]) -> bytes:
    # A folder sorts as its contents' paths do, so that the whole walk is in the order of the database.
    return entry.name + b"/" if entry.is_dir(follow_symlinks=False) else entry.name
