"""How long an input takes, decoding and all, learned from how fast inputs leave while others wait."""

from __future__ import annotations

import math
import time

#: Weight of the newest measure in the running mean.
NEWEST_WEIGHT = 0.2

#: Assumed time an input takes before any was measured, seconds.
FIRST_GUESS_SECONDS = 0.02

#: Least time over which departures are counted, seconds; batches leave in bursts.
WINDOW_SECONDS = 0.25

#: Bounds of the time an overloaded caller is told to wait, seconds.
RETRY_AFTER_BOUNDS = (0.05, 60.0)


class Pace:
    """A running mean of seconds per input; the owner holds a lock around every call.

    Attributes:
        seconds: the mean, or a guess.
        measured: whether it is more than a guess.
    """

    def __init__(self) -> None:
        self.seconds = FIRST_GUESS_SECONDS
        self.measured = False
        self._left = 0
        self._since = 0.0
        self._whole = False

    def began(self) -> None:
        """Inputs came where none were: time begins to count."""
        self._restart(whole=True)

    def left(self, items: int) -> None:
        """Count inputs that were answered."""
        self._left += items
        elapsed = time.monotonic() - self._since
        if elapsed >= WINDOW_SECONDS:
            newest = elapsed / self._left
            self.seconds += (NEWEST_WEIGHT if self.measured else 1.0) * (newest - self.seconds)
            self.measured = True
            self._restart(whole=False)

    def rested(self) -> None:
        """None is left: what came and went in less than a window still shows that inputs may be faster.

        Without this a pace that slow inputs left behind would turn quick ones away for ever: those that
        are let in are gone too soon to be measured. Only a faster pace is believed of so short a time.
        """
        newest = (time.monotonic() - self._since) / self._left if self._left else math.inf
        if self._whole and self.measured and newest < self.seconds:
            self.seconds += (1 - (1 - NEWEST_WEIGHT) ** self._left) * (newest - self.seconds)

    def _restart(self, *, whole: bool) -> None:
        """Count anew; `whole` where nothing came before."""
        self._left, self._since, self._whole = 0, time.monotonic(), whole


def retry_after(seconds: float) -> float:
    """What an overloaded caller is told to wait, from when there should be room."""
    shortest, longest = RETRY_AFTER_BOUNDS
    return min(longest, max(shortest, seconds))


def in_words(seconds: float) -> str:
    """The remedy for an overload."""
    return f"Try again in {math.ceil(seconds)} s."
