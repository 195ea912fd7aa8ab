"""Totals of one model since it was loaded, in the terms of the Open Inference Protocol's statistics."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Total:
    """How often, and how long altogether in nanoseconds."""

    count: int = 0
    ns: int = 0


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
        self._stages: dict[str, tuple[int, float]] = {}
        self._batches: dict[int, tuple[int, float]] = {}
        self._last = 0
        self._lock = threading.Lock()

    @property
    def snapshot(self) -> Snapshot:
        """The totals now."""
        with self._lock:
            stages = {stage: _total(entry) for stage, entry in self._stages.items()}
            batches = {size: _total(entry) for size, entry in self._batches.items()}
            last = self._last
        return Snapshot(
            inference_count=sum(size * total.count for size, total in batches.items()),
            execution_count=sum(total.count for total in batches.values()),
            last_inference=last,
            batches=batches,
            **stages,
        )

    def add(self, stage: str, seconds: float, count: int = 1) -> None:
        """Add time to one of the totals of `Snapshot`, by its name."""
        with self._lock:
            self._add(stage, seconds, count)

    def executed(self, size: int, *, infer: float, output: float) -> None:
        """Count one call of the model with `size` inputs, and the seconds in it and after it."""
        with self._lock:
            self._add("compute_infer", infer, size)
            self._add("compute_output", output, size)
            calls, before = self._batches.get(size, (0, 0.0))
            self._batches[size] = calls + 1, before + infer
            self._last = round(time.time() * 1000)

    def _add(self, stage: str, seconds: float, count: int) -> None:
        counted, before = self._stages.get(stage, (0, 0.0))
        self._stages[stage] = counted + count, before + seconds


def _total(entry: tuple[int, float]) -> Total:
    return Total(entry[0], round(entry[1] * 1e9))
