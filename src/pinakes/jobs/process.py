"""Which process runs a job, and whether it still lives."""

from __future__ import annotations

import os
import secrets
import socket
import time

#: Silence after which a process on another machine, or in another container, is held to be dead, seconds.
SILENT_SECONDS = 30.0


def name_of_this() -> str:
    """A name that no other process has had: its machine, its number, and a word of chance."""
    return f"{socket.gethostname()[:32]}/{os.getpid()}/{secrets.token_hex(6)}"


def is_dead(owner: str | None, alive_at: float | None) -> bool:
    """Whether the process of that name runs no more: known of our machine, else told by its silence."""
    if owner is None or alive_at is None or time.time() - alive_at > SILENT_SECONDS:
        return True
    host, _, rest = owner.partition("/")
    number = rest.partition("/")[0]
    return host == socket.gethostname()[:32] and number.isdigit() and not _lives(int(number))


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
