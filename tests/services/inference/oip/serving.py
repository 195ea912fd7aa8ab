"""A served application with a stand-in model, on free ports for both transports."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from tests.stand_ins import StandInModel, only_offer, served
from tests.waiting import until

from pinakes.core.settings import InferenceSettings, Settings
from pinakes.services.inference.main import build_application
from pinakes.serving.catalogue import Offer
from pinakes.serving.engine import Engine


@dataclass(frozen=True)
class Service:
    """Where a service listens."""

    client: httpx.Client
    grpc: str
    engine: Engine

    @property
    def http(self) -> str:
        """Host and port, as Triton's client wants them."""
        return f"{self.client.base_url.host}:{self.client.base_url.port}"

    def wait_for_metric(self, line: str) -> None:
        until(lambda: line in self.client.get("/metrics").text, line)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def service(
    offers: Callable[[], Sequence[Offer]] | None = None, *, wait: bool = True, **settings: object
) -> Iterator[Service]:
    """Serve a stand-in, or other offers, with gRPC unless `grpc_port` says otherwise."""
    settings = {"grpc_port": free_port()} | settings
    chosen = Settings(inference=InferenceSettings(**settings))  # type: ignore[arg-type]
    offers = offers or (lambda: only_offer(StandInModel().load, name="stand-in"))
    application = build_application(chosen, offers)
    with served(application) as client:
        until(lambda: not wait or client.get("/v2/health/ready").status_code == 200, "its readiness")
        yield Service(client, f"127.0.0.1:{settings['grpc_port']}", application.state.engine)


@contextmanager
def gated(model: StandInModel, **settings: object) -> Iterator[Service]:
    """Serve one stand-in whose gate the test opens and closes; it is open again at the end."""
    with service(lambda: only_offer(model.load, name="stand-in"), **settings) as running:
        model.forget()
        try:
            yield running
        finally:
            model.gate.set()
