"""What `pinakes` says of itself before any command runs."""

from importlib.metadata import version

import typer
from typer.testing import CliRunner

from pinakes.cli import main
from pinakes.cli.overview import Overview


def test_help_lists_each_command_with_its_whole_first_sentence() -> None:
    app = typer.Typer(cls=Overview, rich_markup_mode=None)
    app.callback()(lambda: None)
    sentence = "Say in one long sentence what is done, and go on over the end of the line."
    app.command("go", help=f"{sentence}\n\nThe rest is told by its own help.")(lambda: None)
    listed = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "60"}).output
    assert sentence.rstrip(".") in " ".join(listed.split())
    assert "The rest" not in listed


def test_the_version_is_told_without_a_command() -> None:
    app = typer.Typer()
    app.callback()(main.before_every_command)
    app.command("go")(lambda: None)
    told = CliRunner().invoke(app, ["--version"])
    assert (told.exit_code, told.output) == (0, f"pinakes {version('pinakes')}\n")
