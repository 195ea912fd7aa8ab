"""Whether the service also listens for gRPC, and with what; nothing of gRPC is imported unless it does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pinakes.core.errors import InvalidRequest
from pinakes.core.settings import InferenceSettings
from pinakes.services.http.keys import Keys
from pinakes.services.process import open_listener
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

#: Modules of the extra `grpc`.
NEEDED = ("grpc", "google.protobuf")


def check_grpc(host: str, limits: InferenceSettings, *, beside: int) -> None:
    """Refuse to start with a port for gRPC that it cannot have, or without what it needs.

    Args:
        host: where the service listens.
        limits: its settings.
        beside: the port of HTTP.

    Raises:
        InvalidRequest: the extra is not installed, or the port is that of HTTP; says what to do.
        PortTaken: something else holds the port.
    """
    _check_extra(limits)
    if limits.grpc_port:
        if limits.grpc_port == beside:
            raise InvalidRequest(
                f"gRPC cannot share port {beside} with HTTP.",
                remedy="Set PINAKES_INFERENCE__GRPC_PORT to another port.",
            )
        open_listener(host, limits.grpc_port).close()


def said_of(limits: InferenceSettings) -> str:
    """What the line that says where the service listens says of gRPC."""
    return f"gRPC on port {limits.grpc_port}; " if limits.grpc_port else ""


def grpc_door(
    engine: Engine,
    limits: InferenceSettings,
    metrics: InferenceMetrics,
    keys: Keys,
    *,
    host: str,
    tracer: Tracer | None = None,
) -> Callable[[], AbstractAsyncContextManager[None]]:
    """Return what listens for gRPC on `host` while it is entered; it does nothing where the port is unset.

    `tracer` makes a span for each call. Raises InvalidRequest where the extra is not installed.
    """
    _check_extra(limits)

    @asynccontextmanager
    async def listening() -> AsyncIterator[None]:
        if not limits.grpc_port:
            yield
            return
        from pinakes.services.inference.oip.rpc.server import RpcServer

        server = RpcServer(engine, limits, metrics, keys, tracer)
        await server.start(host, limits.grpc_port)
        try:
            yield
        finally:
            await server.stop()

    return listening


def _check_extra(limits: InferenceSettings) -> None:
    if limits.grpc_port and not all(map(_is_installed, NEEDED)):
        raise InvalidRequest(
            "PINAKES_INFERENCE__GRPC_PORT is set, but gRPC is not installed.",
            remedy="Install it with: pip install 'pinakes[grpc]'.",
        )


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # its parent is absent
        return False
