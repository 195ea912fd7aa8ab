"""Plans kept in the state: whatever happens, what is done is what was shown, and any page can be read."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pinakes.core.errors import DiskFull, NotFound
from pinakes.duplicates.resolution.files import is_full
from pinakes.duplicates.resolution.plan import Plan, PlannedItem
from pinakes.services.works import plan_files
from pinakes.services.works.plan_files import KeptPlan

#: Directory of the plans in the state directory.
DIRECTORY = "plans"

#: How long a plan may be carried out after it was made: later, the files are likely others, seconds.
LASTING_SECONDS = 3600.0

_NAME = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)


def keep(state: Path, name: str, plan: Plan, *, review: str | None = None) -> KeptPlan:
    """Write a plan, as a whole or not at all.

    Raises:
        DiskFull: there is no room for it.
    """
    path = _path(state, name)
    unfinished = path.with_suffix(".part")
    with _room(path):
        with unfinished.open("wb") as file:
            kept = plan_files.write(file, name, plan, review)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    return kept


def find(state: Path, name: str) -> KeptPlan | None:
    """The plan of that name, or None."""
    if not _NAME.fullmatch(name):
        return None
    try:
        with _path(state, name).open("rb") as file:
            return plan_files.read_head(file)
    except FileNotFoundError:
        return None


def get(state: Path, name: str) -> KeptPlan:
    """The plan of that name, which may still be carried out.

    Raises:
        NotFound: it is not there any more.
    """
    kept = find(state, name)
    if kept is None or time.time() - kept.at > LASTING_SECONDS:
        raise _forgotten(name)
    return kept


def changes(state: Path, kept: KeptPlan, first: int, limit: int) -> list[PlannedItem]:
    """Up to `limit` of its changes from the place `first` on, counted from 0.

    Raises:
        NotFound: it was forgotten meanwhile.
    """
    try:
        with _path(state, kept.name).open("rb") as file:
            return plan_files.read_changes(file, kept, first, limit)
    except FileNotFoundError as error:
        raise _forgotten(kept.name) from error


def whole(state: Path, kept: KeptPlan) -> Plan:
    """The plan with all its changes, and the first of what it leaves alone.

    Raises:
        NotFound: it was forgotten meanwhile.
    """
    return Plan(tuple(changes(state, kept, 0, kept.changes)), kept.left, kept.bytes_reclaimed)


def ask(state: Path, name: str, question: dict[str, Any]) -> None:
    """Keep what a job is to plan, JSON values: thousands of names are too many for the job's row.

    Raises:
        DiskFull: there is no room for it.
    """
    path = _asked(state, name)
    with _room(path):
        path.write_text(json.dumps(question), encoding="ascii")


def asked(state: Path, name: str) -> dict[str, Any]:
    """What the plan of that name is to answer.

    Raises:
        NotFound: it was forgotten.
    """
    try:
        question: dict[str, Any] = json.loads(_asked(state, name).read_text(encoding="ascii"))
    except FileNotFoundError as error:
        raise _forgotten(name) from error
    return question


def forget_old(state: Path, needed: Collection[str]) -> None:
    """Remove what was kept too long ago to be carried out, but for the plans of some names."""
    oldest = time.time() - LASTING_SECONDS
    for path in (state / DIRECTORY).glob("*"):
        if path.name.partition(".")[0] not in needed and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _path(state: Path, name: str) -> Path:
    return state / DIRECTORY / f"{name}.plan"


def _asked(state: Path, name: str) -> Path:
    return state / DIRECTORY / f"{name}.asked"


@contextmanager
def _room(path: Path) -> Iterator[None]:
    """Have the directory of a file that is written, and say so where the disk has no room for it."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        yield
    except OSError as error:
        if is_full(error):
            raise DiskFull(f"There is no room in {path.parent} to keep the plan.") from error
        raise


def _forgotten(name: str) -> NotFound:
    return NotFound(f"There is no plan {name!a} any more.", remedy="Preview it again.")
