"""What a watcher counts, on a registry that is handed in, so that several can live in one process."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from pinakes.core.metrics import SECONDS


class WatchMetrics:
    """Counts of what was noticed and how; without a registry they are kept for nobody."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self._places = Gauge(
            "pinakes_watch_places",
            "Watched folders and drives in them, by how they are watched: notified, compared, absent.",
            ["manner"],
            registry=registry,
        )
        self.changed = Counter(
            "pinakes_watch_directories",
            "Directories with changes, by what became of them: taken, failed.",
            ["outcome"],
            registry=registry,
        )
        self.lost = Counter(
            "pinakes_watch_overflows",
            "Times notifications came faster than they were taken.",
            registry=registry,
        )
        self.comparison = Histogram(
            "pinakes_watch_comparison_seconds",
            "Time of one comparison of a folder with what is known.",
            buckets=SECONDS,
            registry=registry,
        )

    def show(self, manners: Iterable[str]) -> None:
        """Show how the places are watched now."""
        found = Count(manners)
        for manner in ("notified", "compared", "absent"):
            self._places.labels(manner).set(found[manner])
