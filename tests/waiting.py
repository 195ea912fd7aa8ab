"""Waiting for what is about to happen: long enough for a machine that is busy, and never for ever."""

import time
from collections.abc import Callable
from typing import Any

#: Longest a test waits for something that is about to happen, seconds; only a failure takes as long.
PATIENCE = 120.0

#: Time between two looks, seconds.
PAUSE = 0.005


def until(
    condition: Callable[[], Any], what: str | Callable[[], object] = "it", seconds: float = PATIENCE
) -> Any:
    """Wait until the condition is true and return what it gave; `what` may be asked when it did not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(PAUSE)
    raise AssertionError(f"{what() if callable(what) else what} did not happen within {seconds:g} s")
