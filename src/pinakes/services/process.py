"""The life of a service's process: where it may listen, its port, and its end on SIGTERM without loss."""

from __future__ import annotations

import errno
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from pinakes.core import logging
from pinakes.core.errors import InvalidRequest, PortTaken, UnsafeSettings
from pinakes.core.settings import Settings
from pinakes.services.http.connections import BoundedConnection, make_room_for_connections
from pinakes.services.http.door import is_loopback
from pinakes.services.owner import owning

#: Connections the kernel holds while the service is busy accepting others.
BACKLOG = 1024

#: How long an idle connection is kept, seconds; longer than clients keep theirs, so that they never
#: send into a connection that is being closed.
KEEP_ALIVE_SECONDS = 75

#: Time for answers to be written out once the work is done, seconds.
FLUSH_SECONDS = 2


def check_bind(host: str, *, guarded: bool, variable: str) -> None:
    """Refuse to listen beyond this machine without a key.

    Args:
        host: the name or address to listen on.
        guarded: whether callers must send a key.
        variable: the environment variable that sets the key, named in the error.

    Raises:
        UnsafeSettings: `host` is not loopback and there is no key.
    """
    if not is_loopback(host) and not guarded:
        raise UnsafeSettings(
            f"Listening on {host or 'every address'} without a key would open the service to the network.",
            remedy=f"Set {variable}, or listen on 127.0.0.1.",
        )


def open_listener(host: str, port: int) -> socket.socket:
    """Take the port before anything is loaded; port 0 takes a free one.

    Raises:
        PortTaken: something else listens there.
        InvalidRequest: the host is no address of this machine, or the port may not be used.
    """
    try:
        addresses = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise InvalidRequest(f"{host!r} is no address of this machine.") from error
    family, kind, protocol, _, address = min(addresses, key=lambda entry: entry[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _not_listening(host, port, error) from error
    return listener


@contextmanager
def listening(host: str, port: int, state: Path, settings: Settings) -> Iterator[socket.socket]:
    """Take a port and a state, both before anything is loaded, and log as the settings say.

    Raises:
        PortTaken, InvalidRequest: the port cannot be had.
        StateBusy, StateUnusable: the state cannot.
    """
    with open_listener(host, port) as listener, owning(state, url_of(listener)):
        logging.configure(level=settings.log_level, form=settings.log_format)
        yield listener


def url_of(listener: socket.socket) -> str:
    """Base URL under which a listener is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(
    application: FastAPI,
    listener: socket.socket,
    *,
    announcement: str,
    drain: Callable[[], object] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then drain and return; a second signal ends at once.

    Args:
        application: what to serve.
        listener: from `open_listener`.
        announcement: one line written to standard error once requests are taken.
        drain: called in a thread at the first signal while requests are still answered; returns when
            the accepted work is done or given up.
    """
    make_room_for_connections()
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        http=BoundedConnection,
        ws="none",
        lifespan="on",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=FLUSH_SECONDS,
    )
    _Server(config, announcement=announcement, drain=drain).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Uvicorn that announces itself, drains before it stops listening, and ends with status 0 on a signal."""

    def __init__(
        self, config: uvicorn.Config, *, announcement: str, drain: Callable[[], object] | None
    ) -> None:
        super().__init__(config)
        self._announcement = announcement
        self._drain = drain
        self._ending: threading.Thread | None = None
        self._listening = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening = True
        sys.stderr.write(f"{self._announcement}\n")
        sys.stderr.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._ending is not None or not self._listening:
            self.should_exit = self.force_exit = True
            return
        self._ending = threading.Thread(target=self._end, name="pinakes-drain", daemon=True)
        self._ending.start()

    def _end(self) -> None:
        try:
            if self._drain is not None:
                self._drain()
        finally:
            self.should_exit = True


def _not_listening(host: str, port: int, error: OSError) -> PortTaken | InvalidRequest:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            f"Port {port} on {host} is taken by another program.",
            remedy="Stop that program, or choose another port with --port.",
        )
    if error.errno == errno.EACCES:
        return InvalidRequest(
            f"Port {port} may not be used by this account.", remedy="Choose one above 1023."
        )
    return InvalidRequest(f"{host!r} is no address of this machine.")
