"""What indexing counts, on a registry that is handed in, so that several can live in one process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from pinakes.core.metrics import SECONDS


class IndexMetrics:
    """Counts of steps and indexes; without a registry they are kept for nobody."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.items = Counter(
            "pinakes_ingest_items",
            "Contents by step and outcome: made, refused.",
            ["step", "outcome"],
            registry=registry,
        )
        self.entries = Counter(
            "pinakes_ingest_index_entries",
            "Entries of indexes by index and act: upserted, removed.",
            ["index", "act"],
            registry=registry,
        )
        self._seconds = Histogram(
            "pinakes_ingest_step_seconds",
            "Time of one request of a step.",
            ["step"],
            buckets=SECONDS,
            registry=registry,
        )
        self._in_flight = Gauge(
            "pinakes_ingest_in_flight", "Requests of a step that are asked now.", ["step"], registry=registry
        )

    @contextmanager
    def asked(self, step: str) -> Iterator[None]:
        """Time what happens inside as one request of a step."""
        started = time.monotonic()
        with self._in_flight.labels(step).track_inprogress():
            yield
        self._seconds.labels(step).observe(time.monotonic() - started)
