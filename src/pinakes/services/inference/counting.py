"""Counting requests by what became of them, the same for every door and transport."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import ClientDisconnect

from pinakes.core.errors import PinakesError
from pinakes.core.metrics import InferenceMetrics


@contextmanager
def counted(metrics: InferenceMetrics, door: str) -> Iterator[None]:
    """Count the request inside under the door's name: answered, gone, failed, or its error's code."""
    outcome = "failed"
    try:
        yield
        outcome = "answered"
    except PinakesError as error:
        outcome = error.code
        raise
    except (ClientDisconnect, asyncio.CancelledError):
        outcome = "gone"
        raise
    finally:
        metrics.requests.labels(door, outcome).inc()
