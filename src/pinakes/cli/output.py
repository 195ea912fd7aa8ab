"""Results to standard output, progress to a terminal on standard error, and never the other way round."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def write_json(value: object) -> None:
    """Write one JSON document; names that are no UTF-8 come out as lone surrogates, as JSON can say them."""
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def write_line(text: str = "") -> None:
    """Write one line; characters the terminal cannot show are escaped, so that no name breaks the line."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(printable(text).encode(encoding, "backslashreplace").decode(encoding) + "\n")


def printable(text: str) -> str:
    """The text with line breaks, control characters and bytes that are no UTF-8 escaped."""
    return "".join(ch if ch.isprintable() else ascii(ch)[1:-1] for ch in text)


def note(text: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def size(count: int) -> str:
    """Bytes as a person reads them: 1,234 becomes "1.2 kB"."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


#: Columns of the bar, so that a terminal of 80 has room for what stands beside it.
_BAR = 20


@contextmanager
def progress(label: str) -> Iterator[Any]:
    """Show a progress bar on standard error while it is a terminal; yields `update(done, total, note)`."""
    if not sys.stderr.isatty():
        yield lambda done, total=None, note="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=_BAR),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(label, total=None, rate="", note="")

        def update(done: int, total: int | None = None, note: str = "") -> None:
            bars.update(task, completed=done, total=total, note=note)
            speed = bars.tasks[0].speed
            bars.update(task, rate=f"{speed:,.0f}/s" if speed else "")

        yield update
