"""Names for files whose senders may call them anything."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import PurePosixPath

#: Longest name that is kept, bytes: file systems take 255, and a number may join it.
LONGEST = 200

#: Name of a file that came without one.
NAMELESS = "picture"

#: Longest suffix that is kept whole, characters with its dot.
_LONGEST_SUFFIX = 12

#: Characters that some file system or shell takes for something else.
_FORBIDDEN = frozenset('<>:"|?*')


def fitted(name: str) -> str:
    """Return a name that is one part of a path on any file system, shown, and as near to `name` as can be.

    What looks like folders is dropped, control characters go, and so do dots at the begin, which would hide
    the file from scans, and dots and spaces at the end.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join("_" if char in _FORBIDDEN else char for char in last if _is_shown(char))
    plain = kept.strip().lstrip(".").rstrip(". ")
    return _shortened(plain) or NAMELESS


def suffix_of(name: str) -> str:
    """The suffix of a name in lower case, with its dot, or nothing."""
    return PurePosixPath(name).suffix.lower()


def numbered(name: str) -> Iterator[str]:
    """Yield the name, and then the same with (2), (3) and so on before its suffix."""
    path = PurePosixPath(name)
    yield name
    for number in count(2):
        yield f"{path.stem} ({number}){path.suffix}"


def _is_shown(char: str) -> bool:
    # Cc, Cf: control and direction characters, which make a name look like another; Cs: no UTF-8.
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    suffix = PurePosixPath(name).suffix[:_LONGEST_SUFFIX]
    stem = name.encode()[: LONGEST - len(suffix.encode())].decode(errors="ignore")
    return stem.rstrip(". ") + suffix
