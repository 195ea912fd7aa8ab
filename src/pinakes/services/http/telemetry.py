"""OpenTelemetry traces, sent only where the operator names a collector; else nothing makes any."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pinakes.core import logging

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

#: Standard variables that name a collector; without one of them there are no traces.
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

#: Standard variables that say otherwise, and the values with which they do.
OFF = {"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "none"}

#: Longest time that the end of a process waits for the last traces to be taken, seconds.
CLOSE_SECONDS = 3.0


def tracing_of(environment: Mapping[str, str], *, service: str) -> Tracing | None:
    """Traces for one process, by the standard OTEL_… variables; None where none are wanted or possible.

    Args:
        environment: the process's variables; OpenTelemetry itself reads more of them.
        service: name of the service unless OTEL_SERVICE_NAME gives another.
    """
    if not any(environment.get(name) for name in ENDPOINTS):
        return None
    if any(environment.get(name, "").strip().lower() == value for name, value in OFF.items()):
        return None
    try:
        return Tracing(_provider({} if environment.get("OTEL_SERVICE_NAME") else {"service.name": service}))
    except ImportError:
        logging.get("services").warning(
            "no-traces", why="The extra otel is not installed.", remedy="pip install 'pinakes[otel]'"
        )
        return None


class Tracing:
    """Makes the spans of one process and sends them, in a thread of its own."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self.tracer: Tracer = provider.get_tracer("pinakes", version("pinakes"))

    def close(self) -> None:
        """Send what is left, for a few seconds at most."""
        # A collector that does not answer would hold up the end for half a minute.
        ending = threading.Thread(target=self._provider.shutdown, name="pinakes-traces", daemon=True)
        ending.start()
        ending.join(CLOSE_SECONDS)


class TracedRequests:
    """ASGI middleware: a span for each request, continuing the caller's trace where it names one.

    A span says what was asked and what came of it; never contents, queries, headers or keys.

    Args:
        tracer: makes the spans.
        untraced: paths without any, since orchestrators ask them every few seconds.
    """

    def __init__(self, app: ASGIApp, *, tracer: Tracer, untraced: Collection[str] = ()) -> None:
        self._app = app
        self._tracer = tracer
        self._untraced = frozenset(untraced)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on inside a span."""
        if scope["type"] != "http" or scope["path"] in self._untraced:
            await self._app(scope, receive, send)
            return
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        above = TraceContextTextMapPropagator().extract(_traceparent(scope))
        with self._tracer.start_as_current_span(scope["method"], context=above, kind=SpanKind.SERVER) as span:

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note_answer(span, message["status"])
                await send(message)

            try:
                await self._app(scope, receive, send_noted)
            finally:
                _note_request(span, scope)


def _provider(attributes: Mapping[str, str]) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # Closed by us, within bounds, rather than by the library whenever the interpreter ends.
    provider = TracerProvider(resource=Resource.create(dict(attributes)), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _traceparent(scope: Scope) -> dict[str, str]:
    headers = Headers(scope=scope)
    return {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}


def _note_answer(span: Span, status: int) -> None:
    from opentelemetry.trace import StatusCode

    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)


def _note_request(span: Span, scope: Scope) -> None:
    """Name a span by its route, which is known only once the request has been there."""
    route: Any = scope.get("route")
    path = getattr(route, "path", "")
    span.update_name(f"{scope['method']} {path}".strip())
    span.set_attribute("http.request.method", scope["method"])
    if path:
        span.set_attribute("http.route", path)
    request_id = scope.get("state", {}).get("request_id")
    if request_id:
        span.set_attribute("pinakes.request_id", request_id)
