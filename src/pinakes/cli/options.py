"""Options that several subcommands share, said once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pinakes.core.settings import Settings


class Format(StrEnum):
    """How a report is written: for reading, or for programs."""

    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="How it is written.")]

StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state", metavar="DIR", help="Where the library is kept. Default: under your user data directory."
    ),
]

ExcludeOption = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="PATTERN", help="Leave these out; may be repeated."),
]

IncludeOption = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="PATTERN", help="Take only these; may be repeated."),
]


CaptionOption = Annotated[
    bool | None,
    typer.Option(
        "--caption/--no-caption", help="Describe pictures in words, where a model for that is installed."
    ),
]


class EngineName(StrEnum):
    """What decodes pictures."""

    BUILT_IN = "built-in"
    RAY = "ray"


EngineOption = Annotated[
    EngineName | None,
    typer.Option("--engine", help="What decodes: this machine, or a Ray cluster. Default: as it is set."),
]

FoldersArgument = Annotated[
    list[str],
    typer.Argument(metavar="FOLDER…", help="Folders of pictures; everything below them is looked at."),
]


def settings(state: Path | None) -> Settings:
    """Read the settings of this process; `--state` wins over `PINAKES_STATE`.

    Raises:
        InvalidRequest: a `PINAKES_…` variable holds a value that is not allowed.
    """
    from pydantic import ValidationError

    from pinakes.core import logging
    from pinakes.core.errors import InvalidRequest
    from pinakes.core.settings import Settings

    try:
        read = Settings() if state is None else Settings(state=state)
    except ValidationError as error:
        first = error.errors()[0]
        name = "PINAKES_" + "__".join(str(part) for part in first["loc"]).upper()
        raise InvalidRequest(f"The variable {name} is not usable: {first['msg']}.") from error
    logging.configure(level=read.log_level, form=read.log_format)
    return read


def on_engine(read: Settings, engine: EngineName | None) -> Settings:
    """The settings with the engine of `--engine`, which wins over PINAKES_INGEST__ENGINE."""
    if engine is None:
        return read
    return read.model_copy(update={"ingest": read.ingest.model_copy(update={"engine": engine.value})})


def library(read: Settings) -> Engine:
    """Open the library, and first finish writing what a killed resolve or undo left open."""
    from pinakes.db.session import open_database
    from pinakes.duplicates.resolution.recovery import recover

    engine = open_database(read.state)
    recover(engine, read.state)
    return engine


def actor() -> str:
    """Who asks, for the journal: the name of the user who runs the command."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
