"""Counting requests by what became of them, the same for every door and transport."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.requests import ClientDisconnect

from pinakes.core.errors import PinakesError
from pinakes.serving.metrics import InferenceMetrics


@contextmanager
def counted(metrics: InferenceMetrics, door: str) -> Iterator[Callable[[str], None]]:
    """Count the request inside under the door's name: answered, gone, failed, or its error's code.

    Yields what takes another word for answered.
    """
    outcome, end = "failed", "answered"

    def call(word: str) -> None:
        nonlocal end
        end = word

    try:
        yield call
        outcome = end
    except PinakesError as error:
        outcome = error.code
        raise
    except (ClientDisconnect, asyncio.CancelledError):
        outcome = "gone"
        raise
    finally:
        metrics.requests.labels(door, outcome).inc()
