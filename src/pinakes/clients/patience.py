"""How long, and how often, a client asks again: the one retry policy of every protocol."""

from __future__ import annotations

import random
from dataclasses import dataclass

from pinakes.core.errors import PinakesError, ServiceUnavailable

#: Longest a service may ask its client to wait before another attempt, seconds.
LONGEST_RETRY_AFTER = 30.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a question is repeated: when nothing answers, and when the service is busy or loading.

    The pauses in between double from `first` to `longest`, seconds.
    """

    away: int
    busy: int
    first: float = 0.5
    longest: float = 4.0

    def pause(self, attempt: int) -> float:
        """Time to wait after so many attempts in vain, seconds."""
        return float(min(self.longest, self.first * 2.0 ** min(attempt - 1, 30)))

    def jittered(self, attempt: int) -> float:
        """As `pause`, shortened by up to half, so that clients that lost a service do not return as one."""
        return self.pause(attempt) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


class Spent:
    """What one question has used up of a patience."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._away = self._busy = 0

    def on_away(self, error: PinakesError, *, slow: bool) -> float:
        """Return the pause after nobody answered, seconds; raise `error` when that was the last attempt.

        Where one took a question and did not answer in time, it is asked once more at most: that cost enough.
        """
        self._away += max(1, self._patience.away) if slow else 1
        if self._away > self._patience.away:
            raise error
        return self._patience.pause(self._away)

    def on_busy(self, rest: float, error: PinakesError) -> float:
        """Return the pause after all were busy, one of them for `rest` seconds more, or raise."""
        self._busy += 1
        if self._busy > self._patience.busy:
            raise ServiceUnavailable(f"The service stays busy: {error}") from error
        return max(self._patience.pause(self._busy), min(rest, LONGEST_RETRY_AFTER))
