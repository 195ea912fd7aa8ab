"""What is learned from serving one model: metrics, statistics, cached results, and whether it still works."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from pinakes.core.types import Reason, Refusal, Task
from pinakes.models.base import Result
from pinakes.serving.cache import Key, ResultCache
from pinakes.serving.metrics import InferenceMetrics
from pinakes.serving.request import Observe, Outcome
from pinakes.serving.statistics import Statistics

#: What an input goes through, in order.
STAGES = ("decode", "preprocess", "queue", "infer", "postprocess")

#: The total of `Snapshot` that each stage of preparation counts towards.
_INPUT_STAGES = {"decode": "compute_input", "preprocess": "compute_input"}


class Watch:
    """Told by a batcher of everything that happens; safe from any thread.

    Args:
        name: the model's.
        metrics: where to count.
        cache: results kept.
        judged: hears after each batch whether the model failed on every input of it.
    """

    def __init__(
        self,
        name: str,
        *,
        metrics: InferenceMetrics,
        cache: ResultCache,
        judged: Callable[[bool], None],
    ) -> None:
        self._name = name
        self._metrics = metrics
        self._stages = {stage: metrics.stage.labels(stage, name) for stage in STAGES}
        self.cache = cache
        self.statistics = Statistics()
        self._judged = judged

    def cap(self, size: int) -> None:
        """The most inputs of one call changed."""
        self._metrics.cap.labels(self._name).set(size)

    @contextmanager
    def stage(self, stage: str, observe: Observe | None = None) -> Iterator[None]:
        """Time a stage of preparation, and tell whoever follows the request."""
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        self._observe(stage, seconds)
        if observe is not None:
            observe(stage, started, seconds)

    def queued(self, seconds: float) -> None:
        """An input waited this long altogether before the model took it."""
        self._stages["queue"].observe(seconds)
        self.statistics.add("queue", seconds)

    def batched(self, size: int, seconds: float) -> None:
        """A batch of `size` inputs goes to the model; preparing them took so many seconds altogether."""
        self.statistics.batched(size, seconds)

    def cached(self, key: Key) -> Result | None:
        """Look a result up, and count whether it was there."""
        started = time.monotonic()
        kept = self.cache.get(key)
        outcome = "miss" if kept is None else "hit"
        self._metrics.cache.labels(self._name, outcome).inc()
        self.statistics.add(f"cache_{outcome}", time.monotonic() - started)
        return kept

    def executed(self, size: int, cost: int, infer: float, output: float) -> None:
        """The model answered `size` inputs in `infer` seconds, and `output` more to finish them."""
        self._metrics.batch.labels(self._name).observe(size)
        self._metrics.cost.labels(self._name).observe(cost)
        self._stages["infer"].observe(infer)
        self._stages["postprocess"].observe(output)
        self.statistics.executed(size, infer=infer, output=output)

    def settled(self, task: Task, outcome: Outcome, seconds: float) -> None:
        """One input is done, `seconds` after it came."""
        refused = isinstance(outcome, Refusal)
        if isinstance(outcome, Refusal):
            self._metrics.refusals.labels(outcome.reason, self._name).inc()
        self._metrics.items.labels(self._name, task, "refused" if refused else "answered").inc()
        self.statistics.add("fail" if refused else "success", seconds)

    def judge(self, outcomes: Sequence[Outcome]) -> None:
        """Say of a batch whether the model failed on all of it."""
        self._judged(
            all(isinstance(entry, Refusal) and entry.reason is Reason.MODEL_FAILED for entry in outcomes)
        )

    def _observe(self, stage: str, seconds: float) -> None:
        self._stages[stage].observe(seconds)
        self.statistics.add(_INPUT_STAGES[stage], seconds, count=int(stage == "preprocess"))
