"""Reading the directories of tags of TIFF and EXIF entry by entry: a broken one costs only itself."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

#: Bounds on one directory and one value; the largest honest ones are far below.
MOST_ENTRIES, LONGEST_VALUE = 1000, 64 * 1024

#: Types by number: bytes of one entry and its letter for `struct`; None are bytes as they are.
_TYPES: dict[int, tuple[int, str | None]] = {
    1: (1, "B"),
    2: (1, None),
    3: (2, "H"),
    4: (4, "I"),
    5: (8, "II"),
    6: (1, "b"),
    7: (1, None),
    8: (2, "h"),
    9: (4, "i"),
    10: (8, "ii"),
    11: (4, "f"),
    12: (8, "d"),
    13: (4, "I"),
    129: (1, None),
}

#: A directory's tags: bytes for texts and undefined types, else a tuple of numbers (NaN for n/0).
Directory = dict[int, Any]


@dataclass(frozen=True, slots=True)
class Tags:
    """A file or block of tags, open for reading at `start`, where its byte-order mark stands."""

    file: BinaryIO
    start: int
    order: str
    first: int

    @classmethod
    def opened(cls, file: BinaryIO, start: int = 0) -> Tags | None:
        """Read the header; None where there is none. Files over 4 GiB (BigTIFF) are not read."""
        file.seek(start)
        head = file.read(8)
        order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
        if not order or len(head) < 8:
            return None
        return cls(file, start, order, struct.unpack(order + "I", head[4:])[0])

    def directory(self, offset: Any) -> Directory:
        """Read the directory at `offset`; empty where there is none, and without its broken entries."""
        place = offset[0] if isinstance(offset, tuple) and offset else offset
        if not isinstance(place, int) or place <= 0:
            return {}
        entries = self._at(place, 2)
        if len(entries) < 2:
            return {}
        count = min(struct.unpack(self.order + "H", entries)[0], MOST_ENTRIES)
        block = self._at(place + 2, 12 * count)
        found: Directory = {}
        for at in range(0, len(block) - 11, 12):
            tag, kind, number, _ = struct.unpack_from(self.order + "HHII", block, at)
            value = self._value(kind, number, block[at + 8 : at + 12])
            if value is not None:
                found.setdefault(tag, value)
        return found

    def _value(self, kind: int, number: int, inline: bytes) -> Any:
        size, letters = _TYPES.get(kind, (0, None))
        length = size * number
        if not 0 < length <= LONGEST_VALUE:
            return None
        stored = (
            inline[:length] if length <= 4 else self._at(struct.unpack(self.order + "I", inline)[0], length)
        )
        if letters is None:
            return stored or None
        numbers = list(struct.iter_unpack(self.order + letters, stored[: len(stored) // size * size]))
        if len(letters) == 2:
            return tuple(a / b if b else float("nan") for a, b in numbers) or None
        return tuple(part[0] for part in numbers) or None

    def _at(self, offset: int, length: int) -> bytes:
        self.file.seek(self.start + offset)
        return self.file.read(length)
