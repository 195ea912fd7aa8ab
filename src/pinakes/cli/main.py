"""The `pinakes` command: names every subcommand, and loads what one needs only when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from pinakes.cli import failing
from pinakes.cli.overview import Overview

app = typer.Typer(
    name="pinakes",
    cls=Overview,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        from pinakes.cli.output import write_line

        write_line(f"pinakes {version('pinakes')}")
        raise typer.Exit


@app.callback()
def before_every_command(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Find the duplicates among your pictures, see why, and take any decision back."""


def run() -> None:
    """Entry point of the console script: turns every error into one sentence and an exit status."""
    from pinakes.cli.commands import register

    register(app)
    failing.exit_with(app)
