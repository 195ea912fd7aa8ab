"""Prometheus metrics, built per process and handed to the parts that count."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

#: Upper bounds of duration histograms, seconds: 0.5 ms to 30 s, about half a decade apart.
SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

#: Upper bounds of batch-size histograms, items.
ITEMS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class InferenceMetrics:
    """What the inference engine counts, on a registry of its own so that several can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "pinakes_inference_requests", "Requests by outcome.", ["outcome"], registry=self.registry
        )
        self.images = Counter(
            "pinakes_inference_images", "Pictures by outcome.", ["outcome"], registry=self.registry
        )
        self.stage = Histogram(
            "pinakes_inference_stage_seconds",
            "Time spent in each stage.",
            ["stage"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.batch = Histogram(
            "pinakes_inference_batch_items",
            "Pictures per call of the model.",
            buckets=ITEMS,
            registry=self.registry,
        )
        self.waiting = Gauge(
            "pinakes_inference_waiting_items", "Pictures accepted and not answered.", registry=self.registry
        )


def exposition(registry: CollectorRegistry) -> bytes:
    """Return the registry in Prometheus's text format, UTF-8."""
    return generate_latest(registry)
