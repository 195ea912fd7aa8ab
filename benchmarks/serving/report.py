"""What the serving programs share at either end: their options, their tables, their line of JSON."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.serving import models, servers
from benchmarks.serving.exchange import Lost

Result = TypeVar("Result")

#: Where the results go, a file for each program.
FOLDER = Path(__file__).resolve().parents[2] / "build" / "bench"

#: A table: the name of each row, and its cells by column.
Table = Mapping[str, Mapping[str, object]]


def options(text: str | None, *, seconds: float, passes: int) -> argparse.ArgumentParser:
    """A parser with the options that every serving program takes; SIGTERM from now on ends servers too."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    parser = argparse.ArgumentParser(description=(text or "").partition("\n")[0])
    parser.add_argument("--models", default=",".join(models.SIZES), help="names, with commas between")
    parser.add_argument(
        "--peers", default="all", help="`all` that are installed, `none`, or names with commas"
    )
    parser.add_argument("--seconds", type=float, default=seconds, help="time of each measurement")
    parser.add_argument("--passes", type=int, default=passes, help="rounds over all servers")
    return parser


def chosen(parser: argparse.ArgumentParser, given: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Models and servers that were asked for; ours is always among the servers."""
    asked_models = given.models.split(",")
    here = servers.available()
    asked = {"all": here, "none": here[:1]}.get(given.peers, ["pinakes", *given.peers.split(",")])
    if unknown := sorted(set(asked) - set(servers.SERVERS)) + sorted(set(asked_models) - set(models.SIZES)):
        parser.error(f"not known: {', '.join(unknown)}")
    if absent := sorted(set(servers.SERVERS) - set(here)):
        print(f"Not installed, so not measured: {', '.join(absent)} (python -m tools.peers install NAME).")
    return asked_models, [name for name in dict.fromkeys(asked) if name in here]


def tried(name: str, act: Callable[..., Result], *given: object) -> Result | None:
    """Measure one server; where it cannot be compared, say why and return None."""
    try:
        return act(*given)
    except (servers.NotMeasured, Lost, TimeoutError) as error:
        print(f"{name} is not measured: {error or type(error).__name__}", flush=True)
        return None


def show(title: str, table: Table) -> None:
    """Print a table as Markdown, as it goes into RESULTS.md."""
    columns = list(dict.fromkeys(column for row in table.values() for column in row))
    print(f"\n| {title} | {' | '.join(columns)} |\n|{' --- |' * (len(columns) + 1)}")
    for name, row in table.items():
        print(f"| {name} | {' | '.join(_cell(row.get(column, '')) for column in columns)} |", flush=True)


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "–"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def write(name: str, results: Mapping[str, object]) -> None:
    """Print the results as the one line of JSON that ends a benchmark, and keep them in a file."""
    line = json.dumps(_plain({"benchmark": name, **results, **_machine()}))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(line + "\n", "utf-8")
    print(f"\n{line}", flush=True)


def _plain(value: object) -> object:
    """The same with null for what was not measured, which JSON has no other word for."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _machine() -> dict[str, object]:
    cores = len(os.sched_getaffinity(0))
    return {"cores": cores, "load": os.getloadavg()[0], "python": platform.python_version()}


def percent(share: Sequence[float]) -> str:
    """Each share of one in per cent, with slashes between."""
    return " / ".join("–" if math.isnan(each) else f"{100 * each:.0f} %" for each in share)
