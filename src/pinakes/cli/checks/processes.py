"""Checks of the processes in which untrusted pictures are decoded."""

from __future__ import annotations

import os
import time

from pinakes.cli.checks.verdict import Verdict, failed, ok
from pinakes.core.settings import Settings
from pinakes.core.types import Reason, Refusal
from pinakes.images.processes import Workers

#: Deadline that is given to a task which sleeps for longer, seconds.
DEADLINE = 0.5

_REMEDY = "Check that this account may start processes, and PINAKES_IMAGES__WORKER_MEMORY."


def decoding(settings: Settings) -> Verdict:
    """A decoding process starts, a task over its deadline is ended, and a process that dies is replaced."""
    limits = settings.images.model_copy(update={"seconds": DEADLINE})
    with Workers(1, limits) as workers:
        process = workers.run(os.getpid)
        slow = workers.run(time.sleep, 60.0)
        dead = workers.run(os.abort)
        again = workers.run(os.getpid)
    if not (isinstance(process, int) and process != os.getpid() and isinstance(again, int)):
        return failed(f"no decoding process could be started: {process}", _REMEDY)
    if not (isinstance(slow, Refusal) and slow.reason is Reason.TOO_SLOW):
        return failed("a task over its deadline was not ended", _REMEDY)
    if not (isinstance(dead, Refusal) and dead.reason is Reason.DECODER_DIED):
        return failed("the death of a decoding process was not noticed", _REMEDY)
    return ok("one started, one over its deadline was ended, one that died was replaced")
