"""`pinakes serve`: run one service in this process until Ctrl-C or SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Annotated

import typer

from pinakes.cli.options import StateOption, settings

app = typer.Typer(help="Run one service until Ctrl-C or SIGTERM.", no_args_is_help=True)

#: Time between asking this process to finish and ending it, once its supervisor is gone, seconds.
ORPHAN_SECONDS = 8.0

HostOption = Annotated[str | None, typer.Option("--host", metavar="H", help="Address to listen on.")]

PortOption = Annotated[
    int | None, typer.Option("--port", metavar="N", min=0, max=65535, help="Port to listen on.")
]

WatchOption = Annotated[
    bool, typer.Option("--watch", help="Take in what changes in the folders, as it changes.")
]

SupervisedOption = Annotated[
    bool, typer.Option("--supervised", hidden=True, help="End when standard input closes.")
]

AllowedFolders = Annotated[
    list[str] | None,
    typer.Argument(metavar="[FOLDER…]", help="The only folders allowed, beside those of the settings."),
]


def _alone(module: str) -> Callable[..., None]:
    """A command that runs the service of a module, which is loaded when it is asked for."""

    def command(
        host: HostOption = None,
        port: PortOption = None,
        state: StateOption = None,
        supervised: SupervisedOption = False,
    ) -> None:
        if supervised:
            end_with_supervisor()
        import_module(module).serve(settings(state), host=host, port=port)

    return command


def _over_folders(module: str) -> Callable[..., None]:
    """The same for a service that works on folders, and may watch them."""

    def command(
        folders: AllowedFolders = None,
        watch: WatchOption = False,
        host: HostOption = None,
        port: PortOption = None,
        state: StateOption = None,
        supervised: SupervisedOption = False,
    ) -> None:
        if supervised:
            end_with_supervisor()
        import_module(module).serve(settings(state), folders or (), host=host, port=port, watch=watch)

    return command


app.command(
    "inference", help="Run the inference service: pictures in, embeddings out. It listens on 127.0.0.1:8001."
)(_alone("pinakes.services.inference.main"))

app.command(
    "application",
    help="Run the application: the library, its pages and its API. The folders are ingested at the start. "
    "It listens on 127.0.0.1:8000.",
)(_over_folders("pinakes.services.whole"))

app.command("search", help="Run the search service that backends share. It listens on 127.0.0.1:5000.")(
    _alone("pinakes.services.search.main")
)

app.command(
    "ingest",
    help="Run the ingestion service: directories in, findable pictures out. Without folders the working "
    "directory is allowed. It listens on 127.0.0.1:8002.",
)(_over_folders("pinakes.services.ingest.main"))


def end_with_supervisor() -> None:
    """End this process, which leads its own group, when the other end of its standard input is gone."""
    threading.Thread(target=_watch_standard_input, name="pinakes-lifeline", daemon=True).start()


def _watch_standard_input() -> None:
    while os.read(sys.stdin.fileno(), 1):
        continue
    # Whoever read standard error is gone too, and a write to it would raise in the middle of the drain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ORPHAN_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)
