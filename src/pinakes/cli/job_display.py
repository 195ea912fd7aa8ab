"""A job on the terminal while it runs: a bar for each phase, with rate, remaining time and refusals."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pinakes.cli import output

#: Time between two looks at a job, seconds.
LOOK_SECONDS = 0.25

#: States in which a job does not go on by itself.
RESTING = frozenset(("succeeded", "failed", "cancelled", "paused"))


def followed(look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Show a job until it rests; returns it as it is then. Progress goes to a terminal only."""
    with _display() as show:
        told: str | None = None
        while True:
            job = look()
            show(job)
            if job["waiting_for"] != told:
                told = job["waiting_for"]
                output.note(f"Waiting: {told}" if told else "Going on.")
            if job["state"] in RESTING:
                return job
            time.sleep(LOOK_SECONDS)


@contextmanager
def _display() -> Iterator[Callable[[dict[str, Any]], None]]:
    if not sys.stderr.isatty():
        yield lambda job: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    columns = (
        TextColumn("{task.description:<14}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        phases: dict[str, TaskID] = {}

        def show(job: dict[str, Any]) -> None:
            phase = job["phase"] or job["state"]
            if phase not in phases:
                phases[phase] = bars.add_task(phase.capitalize(), total=None, told="")
            bars.update(phases[phase], completed=job["done"], total=job["total"], told=told_of(job))

        yield show


def told_of(job: dict[str, Any]) -> str:
    """Rate, remaining time and refusals in a few words."""
    parts = []
    if job["rate"]:
        parts.append(f"{job['rate']:,.0f}/s" if job["rate"] >= 10 else f"{job['rate']:.1f}/s")
    if job["remaining_seconds"] is not None:
        parts.append(f"{_clock(job['remaining_seconds'])} left")
    if job["failed"]:
        parts.append(f"{job['failed']:,} refused")
    return ", ".join(parts)


def _clock(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
