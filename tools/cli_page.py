"""The page of the command line: the help of every command, as the command itself prints it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

import typer

_REPOSITORY = Path(__file__).resolve().parents[1]

#: Width of the help, characters.
_WIDTH = "80"


def page() -> str:
    """Return the page, written by a process of its own in which nobody's settings change the help."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PINAKES_")}
    environment |= {"COLUMNS": _WIDTH, "TERM": "dumb", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "tools.cli_page"]
    return subprocess.check_output(command, cwd=_REPOSITORY, env=environment, encoding="utf-8")


def _written() -> str:
    from pinakes.cli.commands import register
    from pinakes.cli.main import app

    register(app)
    command = typer.main.get_command(app)
    parts = [
        "# Command line\n\n"
        "Exit status: 0 done (refused files included), 1 could not do it, 2 wrong usage, 130 interrupted.\n"
        "Results go to standard output; progress goes to standard error, and only on a terminal.\n"
    ]
    parts += [
        f"\n## `{' '.join(('pinakes', *words))}`\n\n```text\n{_help(command, words)}```\n"
        for words in ((), *_below(command, ()))
    ]
    return "".join(parts)


def _below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, child in getattr(command, "commands", {}).items():
        yield (*words, name)
        yield from _below(child, (*words, name))


def _help(command: Any, words: tuple[str, ...]) -> str:
    with redirect_stdout(io.StringIO()) as said, suppress(SystemExit):
        command.main([*words, "--help"], prog_name="pinakes")
    return "\n".join(line.rstrip() for line in said.getvalue().splitlines()).strip("\n") + "\n"


if __name__ == "__main__":
    sys.stdout.write(_written())
