"""Totals of one model since it was loaded, in the terms of the Open Inference Protocol's statistics."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Total:
    """How often, and how long altogether in nanoseconds."""

    count: int = 0
    ns: int = 0

    def plus(self, seconds: float, count: int = 1) -> Total:
        """Add `count` occurrences that took `seconds` altogether."""
        return Total(self.count + count, self.ns + round(seconds * 1e9))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Totals at one moment; inputs are counted, not requests.

    Attributes:
        inference_count: inputs that the model answered.
        execution_count: calls of the model.
        last_inference: Unix time of the last call, milliseconds; 0 before the first.
        success, fail: inputs answered and not, with their time from arrival to answer.
        queue, compute_input, compute_infer, compute_output: time waiting, preparing, in the model, after it.
        cache_hit, cache_miss: inputs found in the result cache, and not.
        batches: calls by number of inputs, with the time in the model.
    """

    inference_count: int = 0
    execution_count: int = 0
    last_inference: int = 0
    success: Total = Total()
    fail: Total = Total()
    queue: Total = Total()
    compute_input: Total = Total()
    compute_infer: Total = Total()
    compute_output: Total = Total()
    cache_hit: Total = Total()
    cache_miss: Total = Total()
    batches: dict[int, Total] = field(default_factory=dict)


class Statistics:
    """Counts for one model; safe from any thread."""

    def __init__(self) -> None:
        self._now = Snapshot()
        self._lock = threading.Lock()

    @property
    def snapshot(self) -> Snapshot:
        """The totals now."""
        return self._now

    def add(self, stage: str, seconds: float, count: int = 1) -> None:
        """Add time to one of the totals of `Snapshot`, by its name."""
        with self._lock:
            self._now = replace(self._now, **{stage: getattr(self._now, stage).plus(seconds, count)})

    def executed(self, size: int, *, infer: float, output: float) -> None:
        """Count one call of the model with `size` inputs, and the seconds in it and after it."""
        with self._lock:
            now = self._now
            self._now = replace(
                now,
                inference_count=now.inference_count + size,
                execution_count=now.execution_count + 1,
                last_inference=round(time.time() * 1000),
                compute_infer=now.compute_infer.plus(infer, size),
                compute_output=now.compute_output.plus(output, size),
                batches={**now.batches, size: now.batches.get(size, Total()).plus(infer)},
            )
