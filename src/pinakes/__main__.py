"""`python -m pinakes` is the `pinakes` command."""

from pinakes.cli.main import run

run()
