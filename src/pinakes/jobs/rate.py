"""How fast a job is lately: what was skipped at its begin says nothing of what is to come."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

#: The past that counts, and the least time between two looks that are kept, seconds.
WINDOW_SECONDS, STEP_SECONDS = 30.0, 0.5


class Rate:
    """Items a second over the last half minute of a phase.

    Args:
        clock: seconds, as `time.monotonic`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looks: deque[tuple[float, int]] = deque()

    def begin(self, done: int) -> None:
        """A phase begins with so many items done."""
        self._looks.clear()
        self._looks.append((self._clock(), done))

    def note(self, done: int) -> float:
        """So many items are done now; returns items a second."""
        now = self._clock()
        while len(self._looks) > 1 and self._looks[1][0] < now - WINDOW_SECONDS:
            self._looks.popleft()
        if not self._looks or done < self._looks[0][1]:
            self.begin(done)
        began, had = self._looks[0]
        if now - self._looks[-1][0] >= STEP_SECONDS:
            self._looks.append((now, done))
        return (done - had) / (now - began) if now > began else 0.0
