"""The `pinakes` command: names every subcommand, and loads what one needs only when it runs."""

from __future__ import annotations

import typer

from pinakes.cli import failing

app = typer.Typer(
    name="pinakes",
    help="Find the duplicates among your pictures, see why, and take any decision back.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def run() -> None:
    """Entry point of the console script: turns every error into one sentence and an exit status."""
    from pinakes.cli.commands import register

    register(app)
    failing.exit_with(app)
