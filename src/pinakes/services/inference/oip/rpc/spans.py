"""A span for each call of gRPC, as `http.telemetry.TracedRequests` makes one for each request of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

#: Status codes that are the service's fault, by OpenTelemetry's conventions for servers.
FAULTS = frozenset({"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"})

#: Hears the name of the status code that a call ends with.
Note = Callable[[str], None]


class CallSpans:
    """Makes a span for each call, continuing the caller's trace where its metadata name one.

    A span says what was called and what came of it; never contents, metadata or keys.

    Args:
        tracer: makes the spans; None for no traces.
    """

    def __init__(self, tracer: Tracer | None) -> None:
        self._tracer = tracer

    @contextmanager
    def span(self, name: str, metadata: Mapping[str, str], request_id: str) -> Iterator[Note]:
        """Run the block inside the span of a call to `/service/method`; yields what takes its status code."""
        if self._tracer is None:
            yield lambda _code: None
            return
        from opentelemetry.trace import SpanKind, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        service, _, method = name.strip("/").partition("/")
        with self._tracer.start_as_current_span(
            f"{service}/{method}",
            context=TraceContextTextMapPropagator().extract(metadata),
            kind=SpanKind.SERVER,
            attributes={
                "rpc.system": "grpc",
                "rpc.service": service,
                "rpc.method": method,
                "pinakes.request_id": request_id,
            },
            record_exception=False,  # errors name what callers sent
            set_status_on_exception=False,
        ) as span:

            def note(code: str) -> None:
                span.set_attribute("rpc.grpc.status_code", grpc.StatusCode[code].value[0])
                if code in FAULTS:
                    span.set_status(StatusCode.ERROR)

            yield note
