"""What one call of a model may hold."""

from __future__ import annotations

from dataclasses import dataclass

from pinakes.core.types import Task

#: Inputs of one call that are allowed whatever time they take. With four, which a large model on one core
#: takes 0.4 s for, a person waits twice as long and a library gains a twentieth (benchmarks/LOG.md).
LEAST_ITEMS = 2

#: Share of a call's time up to which less urgent inputs may join a call that an urgent one waits for.
COMPANY_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Cap:
    """Most inputs, most cost (pixels or tokens) and most seconds in one call of a model."""

    items: int
    pixels: int
    tokens: int
    seconds: float

    def cost(self, task: Task) -> int:
        """The bound on cost that a task is under."""
        return self.tokens if task is Task.TEXT_EMBEDDING else self.pixels

    def most(self, each: float) -> int:
        """Most inputs of one call where each takes so many seconds; 0 while that is not known."""
        return min(self.items, max(LEAST_ITEMS, int(self.seconds / each))) if each else self.items

    def company(self, each: float) -> int:
        """Inputs up to which less urgent ones may join a call that an urgent one waits for."""
        return int(COMPANY_SHARE * self.seconds / each) if each else self.items
