"""An engine whose work shows in traces: a span for each piece of work, and below it one for each stage."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pinakes.serving.engine import Engine
from pinakes.serving.request import Outcome, Work

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


class TracedEngine(Engine):
    """As `Engine`; `tracer` makes the spans, below the one that is current where work is queued."""

    def __init__(self, *args: Any, tracer: Tracer, **named: Any) -> None:
        super().__init__(*args, **named)
        self._tracer = tracer

    def queue(self, work: Work) -> Future[list[Outcome]]:
        """Queue the work of a visit; see `Visit.submit`."""
        spans = _WorkSpans(self._tracer, work)
        try:
            future = super().queue(replace(work, observe=spans.observe))
        except Exception as error:
            spans.end(error)
            raise
        future.add_done_callback(lambda done: spans.end(None if done.cancelled() else done.exception()))
        return future


@dataclass(slots=True)
class _Stage:
    """What the inputs of one piece of work spent in one stage, on the clock of `time.monotonic`."""

    began: float
    ended: float
    seconds: float
    times: int


class _WorkSpans:
    """Gathers stages: many inputs go through each, and a span for each of them would drown the trace."""

    def __init__(self, tracer: Tracer, work: Work) -> None:
        self._tracer = tracer
        self._since = time.time_ns() - time.monotonic_ns()
        self._stages: dict[str, _Stage] = {}
        self._lock = threading.Lock()
        self._span = tracer.start_span(
            f"{work.task}",
            attributes={
                "pinakes.model": work.model,
                "pinakes.inputs": len(work.inputs),
                "pinakes.priority": work.priority.name.lower(),
            },
        )

    def observe(self, stage: str, began: float, seconds: float) -> None:
        """Take note of a stage; see `serving.request.Observe`."""
        with self._lock:
            noted = self._stages.setdefault(stage, _Stage(began, began, 0.0, 0))
            noted.began, noted.ended = min(noted.began, began), max(noted.ended, began + seconds)
            noted.seconds += seconds
            noted.times += 1

    def end(self, error: BaseException | None) -> None:
        """The work is answered: send what was noted of it."""
        from opentelemetry.trace import StatusCode, set_span_in_context

        below = set_span_in_context(self._span)
        with self._lock:
            stages = dict(self._stages)
        for name, stage in stages.items():
            span = self._tracer.start_span(
                name,
                context=below,
                start_time=self._unix(stage.began),
                attributes={"pinakes.times": stage.times, "pinakes.seconds": stage.seconds},
            )
            span.end(self._unix(stage.ended))
        if error is not None:
            self._span.set_status(StatusCode.ERROR, type(error).__name__)
        self._span.end()

    def _unix(self, monotonic: float) -> int:
        """Nanoseconds since 1970."""
        return self._since + int(monotonic * 1e9)
