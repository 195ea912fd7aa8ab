"""When a portion counts as late, and how many may be asked of a second member."""

from __future__ import annotations

from collections import deque

#: Answers that must have come before lateness is judged by them, and the most that are remembered.
ENOUGH, REMEMBERED = 10, 200

#: Place of the answer beyond which one is late, among the recent ones sorted by time.
LATE = 0.95

#: Least time before a portion counts as late, seconds; and the time while too few answers are known.
FLOOR, UNKNOWN = 0.25, 2.0


class Hedging:
    """Keeps the recent times, and the books of what was asked twice.

    Args:
        share: most extra requests, as a share of all; 0 asks nothing twice. One is free.
        floor: least time before a portion counts as late, seconds.
    """

    def __init__(self, share: float, *, floor: float = FLOOR) -> None:
        self._share = share
        self._floor = floor
        self._recent: deque[float] = deque(maxlen=REMEMBERED)
        self.asked = 0
        self.hedged = 0

    def answered(self, seconds: float, items: int) -> None:
        """Remember how long a portion of so many items took."""
        self.asked += 1
        self._recent.append(seconds / items)

    def delay(self, items: int) -> float:
        """Time after which a portion of so many items is late, seconds."""
        if len(self._recent) < ENOUGH:
            return max(UNKNOWN, self._floor)
        return max(self._floor, items * sorted(self._recent)[int(LATE * len(self._recent))])

    def allow(self) -> bool:
        """Book one extra request if the share has room for it."""
        room = self._share > 0 and self.hedged < 1 + self._share * self.asked
        self.hedged += room
        return room
