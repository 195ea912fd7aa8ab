"""Directories in which something changed, each kept until it has been quiet for a while."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Times the quiet that a directory under constant change waits before it is looked at all the same.
PATIENCE = 15.0


@dataclass(slots=True)
class _Touched:
    first: float
    last: float


class Settling:
    """Remembers directories by when they were touched first and last, on a monotonic clock, in seconds."""

    def __init__(self, quiet: float) -> None:
        self._quiet = quiet
        self._touched: dict[str, _Touched] = {}

    def __len__(self) -> int:
        return len(self._touched)

    def touch(self, directories: Iterable[str], now: float) -> None:
        """Note that something changed in each of them."""
        for directory in directories:
            known = self._touched.get(directory)
            if known is None:
                self._touched[directory] = _Touched(now, now)
            else:
                known.last = max(known.last, now)

    def ready(self, now: float) -> set[str]:
        """Take out those that have been quiet for long enough.

        One that is never quiet is named too once its patience is over, and named again later, since what
        is being written to it just now is left out by a scan.
        """
        quiet = {path for path, touched in self._touched.items() if now - touched.last >= self._quiet}
        for path in quiet:
            del self._touched[path]
        impatient = {
            path for path, touched in self._touched.items() if now - touched.first >= PATIENCE * self._quiet
        }
        for path in impatient:
            self._touched[path].first = now
        return quiet | impatient
