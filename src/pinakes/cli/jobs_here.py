"""Jobs that a command does itself: the state owned, the library open, all let go in bounded time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pinakes.core.settings import Settings
from pinakes.jobs.runner import Jobs
from pinakes.services.opened import Library, open_library
from pinakes.services.owner import owning
from pinakes.services.works.every import every_kind

#: Time that a job of this process is given to store what it has when it is interrupted, seconds.
CLOSE_SECONDS = 20.0


@contextmanager
def library_here(read: Settings, folders: Sequence[str] = ()) -> Iterator[Library]:
    """The library of the settings, which no other process owns meanwhile.

    Raises:
        StateBusy: another process owns it.
        StateUnusable, DiskFull, FolderUnreadable: it, or a folder, cannot be opened.
    """
    with owning(read.state, None):
        library = open_library(read, folders)
        try:
            yield library
        finally:
            library.close()


@contextmanager
def jobs_here(library: Library) -> Iterator[Jobs]:
    """The jobs of an open library, to be started; what runs at the end may store what it has."""
    jobs = Jobs(library.engine, every_kind(library))
    try:
        yield jobs
    finally:
        jobs.close(CLOSE_SECONDS)
