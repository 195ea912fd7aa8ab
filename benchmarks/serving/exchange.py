"""A kept connection of HTTP/1.1 that costs little: whole requests out, status and body back."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from types import TracebackType


class Lost(Exception):
    """Raised when a connection ends before its answer does."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request."""

    status: int
    retry_after: str | None
    body: bytes


class _Reading(asyncio.Protocol):
    """Collects one answer at a time; bodies have a Content-Length, as all that are compared send it."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._whole = 0
        self.answer: asyncio.Future[Answer] | None = None

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._whole:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            self._whole = end + 4 + int(_field(self._received[:end], b"content-length") or 0)
        if len(self._received) >= self._whole and self.answer is not None and not self.answer.done():
            self.answer.set_result(_read(bytes(self._received)))
            self._received.clear()
            self._whole = 0

    def connection_lost(self, error: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(Lost("the connection ended"))


def _field(head: bytearray | bytes, name: bytes) -> str | None:
    place = head.lower().find(b"\r\n" + name + b":")
    if place < 0:
        return None
    start = place + len(name) + 3
    end = head.find(b"\r\n", start)
    return bytes(head[start : end if end >= 0 else len(head)]).decode("latin-1").strip()


def _read(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    return Answer(int(head[9:12]), _field(head, b"retry-after"), body)


class Connection:
    """One connection to a port of loopback; it is opened when first asked, and again once it was lost."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._reading = _Reading()

    async def ask(self, request: bytes) -> Answer:
        """Send a whole request and wait for its answer.

        Raises:
            Lost: the connection could not be made, or ended too early.
        """
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            try:
                made = await loop.create_connection(_Reading, "127.0.0.1", self._port)
            except OSError as error:
                raise Lost(str(error)) from error
            self._transport, self._reading = made
        self._reading.answer = loop.create_future()
        self._transport.write(request)
        return await self._reading.answer

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            with contextlib.suppress(OSError):
                self._transport.abort()

    async def __aenter__(self) -> Connection:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
