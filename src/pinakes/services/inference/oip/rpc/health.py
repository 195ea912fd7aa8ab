"""gRPC's health checking over the engine: asked once, or watched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc

from pinakes.services.inference.oip.rpc.messages import HEALTH, message_class
from pinakes.serving.engine import Engine, State

#: How often a watched state is looked at, seconds.
LOOK_SECONDS = 0.5

#: The services that can be asked about; the empty name is the whole process.
SERVICES = frozenset({"", "inference.GRPCInferenceService"})


@dataclass(frozen=True, slots=True)
class HealthMethods:
    """The two methods of grpc.health.v1.Health."""

    engine: Engine

    async def check(self, data: bytes, context: Any) -> bytes:
        """Whether the service can serve; NOT_FOUND for one that is not here."""
        status = self._status(data)
        if status == "SERVICE_UNKNOWN":
            await context.abort(grpc.StatusCode.NOT_FOUND, "There is no such service here.")
        return _answer(status)

    async def watch(self, data: bytes, _context: Any) -> AsyncIterator[bytes]:
        """The state now, and whenever it changes, until the caller goes."""
        told = ""
        while True:
            status = self._status(data)
            if status != told:
                told = status
                yield _answer(status)
            await asyncio.sleep(LOOK_SECONDS)

    def _status(self, data: bytes) -> str:
        asked = message_class("HealthCheckRequest", HEALTH).FromString(data).service
        if asked not in SERVICES:
            return "SERVICE_UNKNOWN"
        return "SERVING" if self.engine.state is State.HEALTHY else "NOT_SERVING"


def _answer(status: str) -> bytes:
    written: bytes = message_class("HealthCheckResponse", HEALTH)(status=status).SerializeToString()
    return written
