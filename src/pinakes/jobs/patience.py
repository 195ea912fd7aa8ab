"""Going on when what a job needs comes back: a model's service, a store, the room they have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pinakes.core.errors import NotReady, Overloaded, PinakesError, ServiceUnavailable, StateBusy
from pinakes.jobs.turn import Turn

#: Errors that pass by themselves, or when somebody starts what is away.
PASSING: tuple[type[PinakesError], ...] = (ServiceUnavailable, NotReady, Overloaded, StateBusy)

#: The first wait and the longest, seconds; each is twice the last.
FIRST_SECONDS, LONGEST_SECONDS = 0.5, 30.0

#: Longest sentence that a job's row takes, characters.
LONGEST_SENTENCE = 256

Done = TypeVar("Done")


def patiently(turn: Turn, act: Callable[[], Done]) -> Done:
    """Do something that can be begun again, and begin it again for as long as what it needs is away.

    The job says for what it waits. Whenever it got further than before, the waits begin at the shortest.

    Raises:
        JobStopped: the job shall end.
    """
    seconds, before = FIRST_SECONDS, _place(turn)
    while True:
        try:
            return act()
        except PASSING as error:
            if _place(turn) != before:
                seconds, before = FIRST_SECONDS, _place(turn)
            asked = error.retry_after if isinstance(error, (NotReady, Overloaded)) else 0.0
            turn.wait(str(error)[:LONGEST_SENTENCE], min(max(seconds, asked), LONGEST_SECONDS))
            seconds = min(2 * seconds, LONGEST_SECONDS)


def _place(turn: Turn) -> tuple[str, int]:
    job = turn.job
    return job.phase, job.done
