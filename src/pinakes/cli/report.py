"""`pinakes report`: everything the library knows, summed up or row by row."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pinakes.cli import output
from pinakes.cli.options import StateOption, library, settings

if TYPE_CHECKING:
    from pinakes.ingest.reports.summary import Summary


class ReportFormat(StrEnum):
    """What is written: counts for a person, or a row for every file."""

    SUMMARY = "summary"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"


def report(
    folders: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FOLDER…]", help="Folders to report on. Default: the whole library."),
    ] = None,
    form: Annotated[
        ReportFormat, typer.Option("--format", help="Counts for a person, or a row for every file.")
    ] = ReportFormat.SUMMARY,
    target: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="FILE", help="Where it is written; only a whole report replaces it."
        ),
    ] = None,
    state: StateOption = None,
) -> None:
    """Report everything known: counts, or a row for every file with its metadata, words and outcome.

    Nothing is scanned; the report is of what the last scans found. Parquet needs the extra `parquet`.
    """
    from pinakes.ingest.reports.forms import Form, written
    from pinakes.ingest.reports.rows import everything, within
    from pinakes.ingest.reports.summary import summed_up

    engine = library(settings(state))
    try:
        known = within(engine, folders or [])
        if form is ReportFormat.SUMMARY:
            pieces: Iterator[bytes] = _lines(summed_up(engine, known))
        else:
            pieces = written(Form(form.value), everything(engine, known))
        if target is not None:
            _replace(target, pieces)
        else:
            _write(pieces, text=form is not ReportFormat.PARQUET)
    finally:
        engine.dispose()


def _write(pieces: Iterator[bytes], *, text: bool) -> None:
    from pinakes.core.errors import InvalidRequest

    if not text and sys.stdout.isatty():
        raise InvalidRequest("Parquet is nothing for a terminal.", remedy="Name a file with --output.")
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _replace(target: Path, pieces: Iterable[bytes]) -> None:
    """Write a file beside its place, and put it there once all of it is on the disk."""
    from pinakes.core.errors import DiskFull, InvalidRequest

    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"There is no room for {target}.", remedy="Free some space.") from error
        raise InvalidRequest(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _lines(summary: Summary) -> Iterator[bytes]:
    for line in _told(summary):
        yield output.printable(line).encode("utf-8", "backslashreplace") + b"\n"


def _told(summary: Summary) -> Iterator[str]:
    files = summary.files
    yield (
        f"{files['stored']:,} pictures in {output.size(summary.bytes)}, {summary.pictures:,} distinct; "
        f"{files['skipped']:,} files skipped, {files['refused']:,} refused, {summary.missing:,} missing."
    )
    for title, counts in (
        ("Formats", summary.formats),
        ("Cameras", summary.cameras),
        ("Years", summary.years),
        ("Countries", summary.places),
        ("Skipped", summary.skipped),
        ("Refused", summary.refused),
        ("Found by", summary.indexed),
        ("Words of models", summary.described),
        ("Refused by models", summary.failed),
    ):
        if counts:
            yield f"{title + ':':<18} {', '.join(f'{name} {count:,}' for name, count in counts.items())}"
    if summary.duplicates is None:
        yield "Duplicates were not looked for yet: `pinakes duplicates FOLDER`."
    else:
        yield _duplicates(summary.duplicates)


def _duplicates(counts: dict[str, Any]) -> str:
    made = datetime.fromtimestamp(counts["made_at"]).astimezone().isoformat(" ", "minutes")
    return (
        f"Duplicates, {made}: {counts['groups']:,} groups with {counts['removable']:,} files to spare, "
        f"{output.size(counts['bytes'])}, in {', '.join(counts['folders'])}."
    )
