"""The gRPC server in the service's own loop: started and stopped with the application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from pinakes.core.errors import PortTaken
from pinakes.core.settings import InferenceSettings
from pinakes.services.http.keys import Keys
from pinakes.services.inference.oip.rpc.calls import CallDoor
from pinakes.services.inference.oip.rpc.health import HealthMethods
from pinakes.services.inference.oip.rpc.service import SAME_KEY, STREAMED, InferenceMethods
from pinakes.services.inference.oip.rpc.spans import CallSpans
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

#: Longest message gRPC can carry, bytes.
LONGEST_MESSAGE = 2**31 - 1

#: Room for what a request holds besides its tensors, bytes.
ENVELOPE = 2**20

#: Time for answers to be written out once the work is done, seconds.
FLUSH_SECONDS = 2.0

#: Least time between pings of a client that sends nothing, milliseconds; grpc's own would end its connection.
PING_MILLISECONDS = 10_000

_UNARY = grpc.unary_unary_rpc_method_handler
_READING = grpc.stream_unary_rpc_method_handler
_BOTH = grpc.stream_stream_rpc_method_handler
_STREAM = grpc.unary_stream_rpc_method_handler


class RpcServer:
    """Serves both services on one port; must be started and stopped in the loop that it serves in."""

    def __init__(
        self,
        engine: Engine,
        limits: InferenceSettings,
        metrics: InferenceMetrics,
        keys: Keys,
        tracer: Tracer | None = None,
    ) -> None:
        self._methods = InferenceMethods(engine, limits, metrics)
        self._health = HealthMethods(engine)
        self._door = CallDoor(
            keys,
            patience=limits.seconds,
            count_error=lambda error: metrics.refusals.labels(error.code, "").inc(),
            spans=CallSpans(tracer),
        )
        self._limits = limits
        self._server: Any = None

    async def start(self, host: str, port: int) -> int:
        """Listen, on a free port if `port` is 0; returns the port. Raises PortTaken."""
        longest = min(LONGEST_MESSAGE, self._limits.max_request_bytes + ENVELOPE)
        server = grpc.aio.server(
            options=(
                ("grpc.max_receive_message_length", longest),
                ("grpc.max_send_message_length", LONGEST_MESSAGE),
                ("grpc.so_reuseport", 0),
                ("grpc.http2.min_ping_interval_without_data_ms", PING_MILLISECONDS),
                ("grpc.keepalive_permit_without_calls", 1),
            ),
            maximum_concurrent_rpcs=self._limits.max_waiting,
        )
        server.add_generic_rpc_handlers((self._inference(), self._healths()))
        address = f"[{host}]:{port}" if ":" in host else f"{host or '[::]'}:{port}"
        try:
            bound: int = server.add_insecure_port(address)
        except RuntimeError as error:
            raise PortTaken(
                f"gRPC cannot listen on {address}.", remedy="Set PINAKES_INFERENCE__GRPC_PORT to a free port."
            ) from error
        await server.start()
        self._server = server
        return bound

    async def stop(self) -> None:
        """Take no further calls, and give those inside a moment to be written out."""
        if self._server is not None:
            await self._server.stop(FLUSH_SECONDS)

    def _inference(self) -> Any:
        service = "inference.GRPCInferenceService"
        handlers = {}
        for name, method in self._methods.methods().items():
            path = SAME_KEY.get(name, "/v2/models")
            kind = _BOTH if name in STREAMED else _READING
            handlers[name] = kind(self._door.guarded(method, name=f"/{service}/{name}", path=path))
        return grpc.method_handlers_generic_handler(service, handlers)

    def _healths(self) -> Any:
        handlers = {"Check": _UNARY(self._health.check), "Watch": _STREAM(self._health.watch)}
        return grpc.method_handlers_generic_handler("grpc.health.v1.Health", handlers)
