"""What the inference engine counts, built per process and handed to the parts that count."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from pinakes.core.metrics import SECONDS

#: Upper bounds of batch-size histograms, items.
ITEMS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

#: Upper bounds of batch-cost histograms, pixels or tokens: 16 to 67 million, four-fold.
COST = tuple(float(4**power) for power in range(2, 14))


class InferenceMetrics:
    """What the inference engine counts, on a registry of its own so that several can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._counter("requests", "Requests by door and outcome.", "door", "outcome")
        self.items = self._counter("items", "Inputs by model, task and outcome.", "model", "task", "outcome")
        self.refusals = self._counter(
            "refusals", "Inputs refused, by reason and model; requests, by reason alone.", "reason", "model"
        )
        self.dropped = self._counter(
            "dropped",
            "Inputs not answered though nothing was wrong with them: rejected, cancelled, late.",
            "model",
            "why",
        )
        self.stage = self._histogram("stage_seconds", "Time spent in each stage.", SECONDS, "stage", "model")
        self.batch = self._histogram("batch_items", "Inputs per call of a model.", ITEMS, "model")
        self.cost = self._histogram("batch_cost", "Pixels or tokens per call of a model.", COST, "model")
        self.cap = self._gauge(
            "batch_cap", "Most inputs in one call now; falls when memory is short.", "model"
        )
        self.cache = self._counter("cache", "Inputs looked up in the result cache.", "model", "outcome")
        self.waiting = self._gauge("waiting_items", "Inputs accepted and not answered.")
        self.memory = self._gauge("model_bytes", "Memory of the weights of a loaded model.", "model")
        self.ready = self._gauge("model_ready", "1 while a model can serve, else 0.", "model")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"pinakes_inference_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"pinakes_inference_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, bounds: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"pinakes_inference_{name}", text, labels, buckets=bounds, registry=self.registry)
