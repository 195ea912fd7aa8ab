"""A served application with a stand-in model, on free ports for both transports."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx
from tests.stand_ins import StandInModel, only_offer, served
from tests.waiting import until

from pinakes.core.settings import InferenceSettings, Settings
from pinakes.services.inference.main import build_application
from pinakes.serving.catalogue import Offer
from pinakes.serving.engine import Engine

#: Ports below those that Linux and the BSDs give to whoever asks for any: nobody else takes one by chance.
PORTS = 12_000, 32_000


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
    """A port that nothing listens on, below those that systems give to whoever asks for any."""
    while True:
        port = random.randint(*PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
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
