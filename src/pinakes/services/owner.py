"""Which process owns a state: it alone writes the indexes and runs jobs, the others ask it."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pinakes.core.errors import DiskFull, StateBusy, StateUnusable

#: Says where the owner answers and which process it is, beside the lock that says whether it lives.
RECORD, LOCK = "service.json", "service.lock"

#: How long a second owner waits for the first, which may be about to end, seconds.
PATIENCE = 3.0


def running_service(state: Path) -> str | None:
    """Base URL of the service that owns the state, or None where none runs."""
    record = _record(state)
    return record.get("url") if record and _is_held(state) else None


@contextmanager
def owning(state: Path, url: str | None) -> Iterator[None]:
    """Own the state until the end of the block, or of the process, however it ends.

    `url` is where others can ask, or None where nobody can.

    Raises:
        StateBusy: another process owns it.
        DiskFull: its disk has no room for a few bytes.
        StateUnusable: the state directory cannot be written.
    """
    lock = FileLock(state / LOCK, timeout=PATIENCE)
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        (state / RECORD).write_text(json.dumps({"url": url, "pid": os.getpid()}))
    except Timeout as error:
        raise _busy(state) from error
    except OSError as error:
        lock.release()
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk that holds {state} is full.", remedy="Free some space and run the command again."
            ) from error
        raise StateUnusable(
            f"The state directory {state} cannot be used: {error.strerror}.",
            remedy="Choose another with --state DIR or PINAKES_STATE.",
        ) from error
    try:
        yield
    finally:
        (state / RECORD).unlink(missing_ok=True)
        lock.release()


def _record(state: Path) -> dict[str, Any]:
    try:
        found = json.loads((state / RECORD).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_held(state: Path) -> bool:
    lock = FileLock(state / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def _busy(state: Path) -> StateBusy:
    record = _record(state)
    whom = f"process {record['pid']}" if "pid" in record else "another process"
    url = record.get("url")
    return StateBusy(
        f"The library in {state} is in use by {whom}" + (f", which answers at {url}." if url else "."),
        remedy="Stop that process, ask it, or choose another directory with --state DIR.",
    )
