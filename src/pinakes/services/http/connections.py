"""Connections that cost little until they ask: bounded heads, bounded patience, room for many of them."""

from __future__ import annotations

import asyncio
import resource
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Largest head of a request (its line and its headers), bytes; llhttp itself sets no bound.
LARGEST_HEAD = 64 * 1024

#: Time a connection has to bring a whole head, from its opening or from the head's first byte, seconds.
HEAD_SECONDS = 30.0

#: Most open files that a service asks the system for; each connection is one.
MOST_FILES = 65_536


class BoundedConnection(HttpToolsProtocol):
    """One HTTP connection whose client must bring each head whole, soon, and not too large.

    What comes after the head is bounded where it is read; an idle connection between two requests by
    uvicorn's keep-alive. A head that is too large is 431, one that stays away too long 408.
    """

    _head_bytes: int | None = 0
    _too_large = False
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes of a head that is not complete yet."""
        before = self._head_bytes
        super().data_received(data)
        if before is None or self._head_bytes is None:
            return
        self._head_bytes += len(data)
        if self._head_bytes > LARGEST_HEAD and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._stop_waiting()
        self._await_head()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._head_bytes = None
        self._stop_waiting()
        size = sum(len(name) + len(value) for name, value in self.headers) + len(self.url)
        if size > LARGEST_HEAD:
            self._too_large = True
            raise ValueError("The head is too large.")  # stops the parser, which calls `send_400_response`
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer a head that the parser did not take."""
        self._stop_waiting()
        if self._too_large:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        else:
            super().send_400_response(msg)

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._late = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        if self._head_bytes:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        line = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        self.transport.write(f"{line}connection: close\r\ncontent-length: 0\r\n\r\n".encode())
        self.transport.close()


def make_room_for_connections() -> None:
    """Raise the number of files this process may have open as far as the system lets it, within reason."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
