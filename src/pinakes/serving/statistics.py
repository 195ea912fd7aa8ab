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
class BatchTotals:
    """Batches of one size: time spent preparing their inputs, in the model, and after it."""

    compute_input: Total = Total()
    compute_infer: Total = Total()
    compute_output: Total = Total()


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
        batches: by number of inputs.
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
    batches: dict[int, BatchTotals] = field(default_factory=dict)


#: How often and for how many seconds, by stage.
_Times = dict[str, tuple[int, float]]


class Statistics:
    """Counts for one model; safe from any thread."""

    def __init__(self) -> None:
        self._stages: _Times = {}
        self._batches: dict[int, _Times] = {}
        self._last = 0
        self._lock = threading.Lock()

    @property
    def snapshot(self) -> Snapshot:
        """The totals now."""
        with self._lock:
            stages = _totals(self._stages)
            batches = {size: BatchTotals(**_totals(times)) for size, times in sorted(self._batches.items())}
            last = self._last
        return Snapshot(
            inference_count=sum(size * totals.compute_infer.count for size, totals in batches.items()),
            execution_count=sum(totals.compute_infer.count for totals in batches.values()),
            last_inference=last,
            batches=batches,
            **stages,
        )

    def add(self, stage: str, seconds: float, count: int = 1) -> None:
        """Add time to one of the totals of `Snapshot`, by its name."""
        with self._lock:
            _add(self._stages, stage, seconds, count)

    def batched(self, size: int, seconds: float) -> None:
        """Count a batch of `size` inputs, whose preparation took so many seconds altogether."""
        with self._lock:
            _add(self._batches.setdefault(size, {}), "compute_input", seconds)

    def executed(self, size: int, *, infer: float, output: float) -> None:
        """Count one call of the model with `size` inputs, and the seconds in it and after it."""
        with self._lock:
            batches = self._batches.setdefault(size, {})
            for stage, seconds in (("compute_infer", infer), ("compute_output", output)):
                _add(self._stages, stage, seconds, size)
                _add(batches, stage, seconds)
            self._last = round(time.time() * 1000)


def _add(times: _Times, stage: str, seconds: float, count: int = 1) -> None:
    counted, before = times.get(stage, (0, 0.0))
    times[stage] = counted + count, before + seconds


def _totals(times: _Times) -> dict[str, Total]:
    return {stage: Total(count, round(seconds * 1e9)) for stage, (count, seconds) in times.items()}
