"""`pinakes serve`: run one service in this process until Ctrl-C or SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
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


@app.command("inference")
def inference(
    host: HostOption = None,
    port: PortOption = None,
    state: StateOption = None,
    supervised: SupervisedOption = False,
) -> None:
    """Run the inference service: pictures in, embeddings out. It listens on 127.0.0.1:8001 unless told."""
    from pinakes.services.inference.main import serve

    if supervised:
        end_with_supervisor()
    serve(settings(state), host=host, port=port)


@app.command("application")
def application(
    folders: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FOLDER…]", help="Folders to ingest at the start, and the only ones allowed."
        ),
    ] = None,
    watch: WatchOption = False,
    host: HostOption = None,
    port: PortOption = None,
    state: StateOption = None,
    supervised: SupervisedOption = False,
) -> None:
    """Run the application: the library and its API. It listens on 127.0.0.1:8000 unless told."""
    from pinakes.services.whole import serve

    if supervised:
        end_with_supervisor()
    serve(settings(state), folders or (), host=host, port=port, watch=watch)


@app.command("search")
def search(
    host: HostOption = None,
    port: PortOption = None,
    state: StateOption = None,
    supervised: SupervisedOption = False,
) -> None:
    """Run the search service that backends share. It listens on 127.0.0.1:5000 unless told."""
    from pinakes.services.search.main import serve

    if supervised:
        end_with_supervisor()
    serve(settings(state), host=host, port=port)


@app.command("ingest")
def ingest(
    folders: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FOLDER…]", help="Folders that may be ingested. Default: the working directory."
        ),
    ] = None,
    watch: WatchOption = False,
    host: HostOption = None,
    port: PortOption = None,
    state: StateOption = None,
    supervised: SupervisedOption = False,
) -> None:
    """Run the ingestion service: directories in, findable pictures out. It listens on 127.0.0.1:8002."""
    from pinakes.services.ingest.main import serve

    if supervised:
        end_with_supervisor()
    serve(settings(state), folders or (), host=host, port=port, watch=watch)


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
