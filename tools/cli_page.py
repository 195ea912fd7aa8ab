"""The page of the command line: the help of every command, as the command itself prints it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import typer

#: Width of the help, characters.
_WIDTH = "80"


def page() -> str:
    """Return the page."""
    parts = [
        "# Command line\n\n"
        "Exit status: 0 done (refused files included), 1 could not do it, 2 wrong usage, 130 interrupted.\n"
        "Results go to standard output; progress goes to standard error, and only on a terminal.\n"
    ]
    parts += [
        f"\n## `{' '.join(('pinakes', *words))}`\n\n```text\n{_help(words)}```\n" for words in _commands()
    ]
    return "".join(parts)


def _commands() -> Iterator[tuple[str, ...]]:
    from pinakes.cli.commands import register

    app = typer.Typer(name="pinakes")
    register(app)
    yield ()
    yield from _below(typer.main.get_command(app), ())


def _below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, child in getattr(command, "commands", {}).items():
        yield (*words, name)
        yield from _below(child, (*words, name))


def _help(words: tuple[str, ...]) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PINAKES_")}
    environment |= {"COLUMNS": _WIDTH, "TERM": "dumb", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "pinakes", *words, "--help"],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    lines = done.stdout.replace("python -m pinakes", "pinakes").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"
