"""What the metrics of every part share: bounds of durations, and Prometheus's text form."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

#: Upper bounds of duration histograms, seconds: 0.5 ms to 30 s, about half a decade apart.
SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


def exposition(registry: CollectorRegistry) -> bytes:
    """Return the registry in Prometheus's text format, UTF-8."""
    return generate_latest(registry)
