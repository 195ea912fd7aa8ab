"""Files as a zip that is written while it is sent: no compression, no temporary file."""

from __future__ import annotations

import os
import re
import stat
import time
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

#: Bytes read, and sent, at a time.
PIECE = 1 << 20

#: Name of the list of what is not in it.
LEFT_OUT = "not included.txt"

#: What Windows takes in no name, and what would be a folder there.
_UNUSABLE = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')

#: Zip says when a file was changed from 1980 to 2107 only.
_EARLIEST, _LATEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)

#: Opens a path for reading, or raises OSError.
Opened = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Member:
    """A file to send, and what the library knows of it."""

    path: str
    bytes: int
    mtime_ns: int


class _Pieces:
    """Collects what a ZipFile writes until it is taken; it can only be written, so nothing seeks back."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, piece: bytes) -> int:
        self._held += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def taken(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held


class _Names:
    """Gives each file a name of its own, also where capitals and small letters are the same."""

    def __init__(self) -> None:
        self._used: set[str] = {LEFT_OUT}

    def of(self, path: str) -> str:
        base = os.fsencode(os.path.basename(path)).decode("utf-8", "replace")  # noqa: PTH119
        name = _UNUSABLE.sub("_", base)
        stem, ending = os.path.splitext(name)  # noqa: PTH122
        number = 1
        while name.casefold() in self._used:
            number += 1
            name = f"{stem} ({number}){ending}"
        self._used.add(name.casefold())
        return name


def zipped(members: Iterable[Member], opened: Opened) -> Iterator[bytes]:
    """Yield a zip of the files that are still what the library knows; the rest is listed in a text in it.

    Args:
        members: the files, in their order.
        opened: opens a path; the errors it raises are told in the text.
    """
    pieces, names = _Pieces(), _Names()
    left_out: list[str] = []
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for member in members:
            why = yield from _added(archive, pieces, member, names, opened)
            if why:
                left_out.append(f"{os.fsencode(member.path).decode('utf-8', 'replace')}: {why}")
        if left_out:
            archive.writestr(LEFT_OUT, "\n".join(left_out) + "\n")
    yield pieces.taken()


def _added(
    archive: zipfile.ZipFile, pieces: _Pieces, member: Member, names: _Names, opened: Opened
) -> Generator[bytes, None, str | None]:
    """Yield the pieces of one file; returns why it, or its end, is not in the zip."""
    try:
        descriptor = opened(member.path)
    except OSError as error:
        return error.strerror or "it cannot be read"
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123
        if not _is(member, os.fstat(descriptor)):
            return "it is another file than at the last scan"
        entry = zipfile.ZipInfo(names.of(member.path), _moment(member.mtime_ns))
        entry.file_size = member.bytes
        entry.external_attr = 0o644 << 16
        with archive.open(entry, "w") as target:
            remaining = member.bytes
            while remaining:
                try:
                    piece = file.read(min(PIECE, remaining))
                except OSError as error:
                    return f"only its begin is in the zip: {error.strerror}"
                if not piece:
                    return "only its begin is in the zip: it was cut off meanwhile"
                remaining -= len(piece)
                target.write(piece)
                yield pieces.taken()
        if not _is(member, os.fstat(descriptor)):
            return "it is in the zip, but was changed meanwhile"
    return None


def _is(member: Member, status: os.stat_result) -> bool:
    return (
        stat.S_ISREG(status.st_mode)
        and status.st_size == member.bytes
        and status.st_mtime_ns == member.mtime_ns
    )


def _moment(mtime_ns: int) -> tuple[int, int, int, int, int, int]:
    found = time.localtime(max(0, mtime_ns) // 1_000_000_000)[:6]
    return min(max(found, _EARLIEST), _LATEST)
