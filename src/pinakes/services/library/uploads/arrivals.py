"""What arrived and is to be ingested: one job for many files, also after the process was killed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pinakes.core import logging
from pinakes.core.errors import PinakesError
from pinakes.services.library.uploads.placing import INCOMING

#: Quiet after which files are ingested, and the longest time the first of them waits for it, seconds.
QUIET, LONGEST = 1.5, 30.0

#: Directories of one job; with more, the whole folder is looked at.
MOST_DIRECTORIES = 1000

#: Time before a job is asked for again that could not be queued, seconds.
AGAIN = 15.0


class Arrivals:
    """Collects directories in which files arrived, and has them ingested once no more come.

    Args:
        folder: that of the uploads; a file in it remembers over a kill that something waits.
        ingest: queues the ingestion of directories below the folder; nothing stands for all of it.
        quiet, longest: as `QUIET` and `LONGEST`.
    """

    def __init__(
        self,
        folder: Path,
        ingest: Callable[[Sequence[str]], object],
        *,
        quiet: float = QUIET,
        longest: float = LONGEST,
    ) -> None:
        self._mark = folder / INCOMING / "waiting"
        self._ingest, self._quiet, self._longest = ingest, quiet, longest
        self._directories: set[str] = set()
        self._changed = threading.Condition()
        self._first = self._last = 0.0
        self._closing = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Ingest what a process that was killed did not come to, and wait for more."""
        if self._mark.is_file():
            self._submit(())
        self._thread = threading.Thread(target=self._run, name="pinakes-uploads", daemon=True)
        self._thread.start()

    def note(self, directory: str) -> None:
        """A file is in this directory now."""
        with self._changed:
            now = time.monotonic()
            if not self._directories:
                self._first = now
                with suppress(OSError):
                    self._mark.touch()
            self._last = now
            self._directories.add(directory)
            self._changed.notify()

    def close(self) -> None:
        """Queue what waits, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(self._quiet + 1.0)

    def _run(self) -> None:
        while (directories := self._due()) is not None:
            if directories and not self._submit(sorted(directories)):
                with self._changed:
                    self._directories |= directories
                    self._first = self._last = time.monotonic() + AGAIN
            if self._closing:
                return

    def _due(self) -> set[str] | None:
        """Wait until something is to be ingested; None at the end, when nothing is."""
        with self._changed:
            while not self._closing and (left := self._left()) > 0:
                self._changed.wait(None if left == float("inf") else left)
            taken, self._directories = self._directories, set()
            return taken if taken or not self._closing else None

    def _left(self) -> float:
        if not self._directories:
            return float("inf")
        return min(self._last + self._quiet, self._first + self._longest) - time.monotonic()

    def _submit(self, directories: Sequence[str]) -> bool:
        try:
            self._ingest(directories if len(directories) <= MOST_DIRECTORIES else ())
        except PinakesError as error:
            logging.get("uploads").warning("not-queued", why=error.sentence, again_in_seconds=AGAIN)
            return False
        with self._changed, suppress(OSError):
            if not self._directories:
                self._mark.unlink(missing_ok=True)
        return True
