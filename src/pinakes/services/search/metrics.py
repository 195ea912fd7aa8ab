"""What the search service counts."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from pinakes.core.metrics import SECONDS


class SharedMetrics:
    """Counts on a registry of its own, so that several services can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "pinakes_search_requests",
            "Requests by what they do and how they ended.",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "pinakes_search_seconds",
            "Time from a request to its answer.",
            ["kind"],
            buckets=(*SECONDS, 60.0, 300.0),
            registry=self.registry,
        )
        self.images = Counter(
            "pinakes_search_images",
            "Images by how their embedding ended.",
            ["outcome"],
            registry=self.registry,
        )
        self.hits = Counter("pinakes_search_hits", "Hits that were answered.", registry=self.registry)
