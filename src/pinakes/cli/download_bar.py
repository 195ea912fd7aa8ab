"""The progress of a download on a terminal: bytes, rate, time that remains, and the file under way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pinakes.models.hub.pulling import Progress


@contextmanager
def download_bar(label: str) -> Iterator[Callable[[Progress], None]]:
    """Show a bar on standard error while it is a terminal; yields what takes the progress."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
        bars.TextColumn("{task.fields[path]}"),
    )
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=None, path="")

        def update(progress: Progress) -> None:
            if shown.tasks[0].total is None:  # what an earlier pull left here is no speed of this one
                shown.reset(task, total=progress.total, completed=progress.done, path=progress.path)
            shown.update(task, completed=progress.done, path=progress.path)

        yield update
