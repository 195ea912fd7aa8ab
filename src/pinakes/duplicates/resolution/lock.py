"""One process at a time changes files for a library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pinakes.core.errors import StateBusy, StateUnusable

#: How long a second process waits for the first, seconds.
PATIENCE = 5.0


@contextmanager
def held(state: Path, *, seconds: float = PATIENCE) -> Iterator[None]:
    """Hold the library's lock; it is free again when the process ends, however it ends.

    Raises:
        StateBusy: another process held it all the time.
        StateUnusable: the lock cannot be made in the state directory.
    """
    lock = FileLock(state / "resolve.lock", timeout=seconds)
    try:
        lock.acquire()
    except Timeout as error:
        raise StateBusy(
            f"Another Pinakes is resolving or undoing in {state}.",
            remedy="Wait until it has finished, and try again.",
        ) from error
    except OSError as error:
        raise StateUnusable(
            f"The state directory {state} cannot be used: {error.strerror}.",
            remedy="Free some space there, make it writable, or choose another with --state DIR.",
        ) from error
    try:
        yield
    finally:
        lock.release()
