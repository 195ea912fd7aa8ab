"""`pinakes up`: start what one machine needs, watch it, open the browser, stop it all on Ctrl-C."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pinakes.cli import output
from pinakes.cli.options import StateOption, settings

if TYPE_CHECKING:
    from pinakes.cli.supervisor import Service
    from pinakes.core.settings import Settings

#: Signals that mean "stop": Ctrl-C, a service manager, a terminal that was closed.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: Longest time between two looks at whether a service is unable to start, seconds.
LOOK_SECONDS = 0.2

#: Time a service may take to write out its answers after its drain, seconds.
FLUSH_SECONDS = 8.0


def up(
    folders: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FOLDER…]", help="Folders of pictures, ingested at the start."),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="H", help="Address the application listens on.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="N", min=0, max=65535, help="Port of the application. Default: 8000."),
    ] = None,
    inference_port: Annotated[
        int | None,
        typer.Option(
            "--inference-port", metavar="N", min=0, max=65535, help="Port of the inference service. [8001]"
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Take in what changes in the folders, as it changes.")
    ] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the browser.")] = False,
    state: StateOption = None,
) -> None:
    """Start the application and the inference service, and open the browser. Ctrl-C stops both.

    A service that dies or hangs is started again. The folders given are ingested at the start, and are the
    ones that may be scanned over the API. The inference service listens on this machine only.
    """
    read = settings(state)
    from pinakes.ingest.source import resolve_folders

    real = resolve_folders(folders or [])
    services = planned(read, real, host=host, port=port, inference_port=inference_port, watch=watch)
    run(services, open_browser=not no_browser and _browser_is_there())


def planned(
    read: Settings,
    folders: Sequence[str],
    *,
    host: str | None,
    port: int | None,
    inference_port: int | None,
    watch: bool = False,
) -> tuple[Service, Service]:
    """Return the inference service and the application, on ports that are free now.

    Raises:
        PortTaken: one of them is taken; the sentence names the option that chooses another.
        UnsafeSettings: the application would listen beyond this machine without a key.
        InvalidRequest: both would listen on one port, or the host is none.
    """
    from pinakes.cli.supervisor import Service
    from pinakes.core.errors import InvalidRequest
    from pinakes.services.http.keys import keys_of
    from pinakes.services.process import check_bind

    host = read.application.host if host is None else host
    port = read.application.port if port is None else port
    inner_host = read.inference.host
    inner_port = read.inference.port if inference_port is None else inference_port
    if port == inner_port != 0:
        raise InvalidRequest(
            f"Both services cannot listen on port {port}.",
            remedy="Choose another with --port or --inference-port.",
        )
    check_bind(host, guarded=_needs_key(read), variable="PINAKES_APPLICATION__API_KEY")
    check_bind(inner_host, guarded=bool(keys_of(read.inference)), variable="PINAKES_INFERENCE__API_KEY")
    port, url = _free(host, port, "--port")
    inner_port, inner_url = _free(inner_host, inner_port, "--inference-port")
    environment = _reaching(read, inner_url)
    return (
        Service(
            "inference",
            (*_serve("inference", inner_host, inner_port, read.state),),
            inner_url,
            drain_seconds=read.inference.drain_seconds + FLUSH_SECONDS,
        ),
        Service(
            "application",
            (*_serve("application", host, port, read.state), *(["--watch"] if watch else []), "--", *folders),
            url,
            environment,
            drain_seconds=2 * FLUSH_SECONDS,
        ),
    )


def run(services: Sequence[Service], *, open_browser: bool) -> None:
    """Run services until Ctrl-C, SIGTERM or SIGHUP; a second signal does not wait for them.

    Raises:
        ServiceUnavailable: one of them could not start at all.
    """
    from pinakes.cli.supervisor import Supervisor
    from pinakes.core.errors import ServiceUnavailable

    def ready(service: Service) -> None:
        output.write_line(f"{service.name:<12} {service.url}")
        sys.stdout.flush()
        if open_browser and service.name == "application":
            threading.Thread(target=_open_browser, args=(service.url,), daemon=True).start()

    with _signals() as signalled:
        supervisor = Supervisor(services, ready=ready, say=output.note)
        supervisor.start()
        while not signalled(LOOK_SECONDS) and not supervisor.unable:
            continue
        unable = supervisor.unable
        if not unable:
            output.note("Stopping …")
        ending = threading.Thread(target=supervisor.stop)
        ending.start()
        while ending.is_alive():
            if signalled(LOOK_SECONDS):
                supervisor.kill()
    if unable:
        raise ServiceUnavailable(f"The {unable} service could not start; what it said is above.")


@contextmanager
def _signals() -> Iterator[_Signalled]:
    """Collect the signals of `ENDING` instead of being interrupted by them."""
    receiver, sender = socket.socketpair()
    with receiver, sender:
        sender.setblocking(False)
        before = {number: signal.signal(number, lambda *_: None) for number in ENDING}
        wakeup = signal.set_wakeup_fd(sender.fileno())
        try:
            yield _Signalled(receiver)
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)


class _Signalled:
    """Answers whether a signal came within some seconds."""

    def __init__(self, receiver: socket.socket) -> None:
        self._receiver = receiver

    def __call__(self, seconds: float) -> bool:
        readable, _, _ = select.select([self._receiver], [], [], seconds)
        return bool(readable and self._receiver.recv(64))


def _serve(name: str, host: str, port: int, state: Path) -> tuple[str, ...]:
    where = ("--host", host, "--port", str(port), "--state", str(state.absolute()))
    return (sys.executable, "-m", "pinakes", "serve", name, "--supervised", *where)


def _free(host: str, port: int, option: str) -> tuple[int, str]:
    """Return the port, or a free one for 0, and the URL under which this machine reaches it."""
    from pinakes.core.errors import PortTaken
    from pinakes.services.process import open_listener

    try:
        with open_listener(host, port) as listener:
            address, port = listener.getsockname()[:2]
    except PortTaken as error:
        raise PortTaken(
            str(error), remedy=f"Stop that program, or choose another port with {option}."
        ) from error
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 - compared, not bound
    return port, f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def _reaching(read: Settings, url: str) -> dict[str, str]:
    """Environment in which the application asks the inference service at `url`, unless told of another.

    It does not embed itself when that service is not there yet, or comes back: a model is in memory once.
    """
    found = {"PINAKES_CLIENT__SERVICE_URL": url, "PINAKES_CLIENT__MODE": "remote"}
    if "PINAKES_CLIENT__SERVICE_URL" in os.environ:
        found = {}
    if read.inference.api_key is not None:
        found["PINAKES_CLIENT__API_KEY"] = read.inference.api_key.get_secret_value()
    return {name: value for name, value in found.items() if name not in os.environ}


def _needs_key(read: Settings) -> bool:
    from pinakes.services.http.keys import has_key

    return has_key(read.application.api_key)


def _browser_is_there() -> bool:
    # Without a display a text browser would take over the terminal.
    return sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )


def _open_browser(url: str) -> None:
    import webbrowser

    webbrowser.open(url)
