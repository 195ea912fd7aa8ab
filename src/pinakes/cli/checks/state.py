"""Checks of the state directory and of the library in it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pinakes.cli.checks.verdict import Verdict, failed, ok, warning
from pinakes.cli.output import size
from pinakes.core.settings import Settings
from pinakes.db.session import HEAD, open_database

#: Free bytes below which writing the library will soon fail, and below which it is time to say so.
LEAST_FREE, LITTLE_FREE = 100 * 10**6, 2 * 10**9

#: Time one look into the library may take, and that another writer is waited for, seconds.
LOOK_SECONDS, WRITER_SECONDS = 4.0, 2.0

#: SQLite's virtual instructions between two looks at the clock.
_STEPS = 20_000

_ELSEWHERE = "Choose another with --state DIR or PINAKES_STATE."


def directory(settings: Settings) -> Verdict:
    """The state directory can be written, or made, and its disk has room."""
    state = settings.state.absolute()
    try:
        place = next(folder for folder in (state, *state.parents) if folder.exists())
        if not place.is_dir():
            return failed(f"{state}: {place} is no directory", _ELSEWHERE)
        _write_in(place)
        free = shutil.disk_usage(place).free
    except OSError as error:
        return failed(f"{state} cannot be written: {error.strerror}", _ELSEWHERE)
    seen = f"{state}{'' if place == state else ' (not made yet)'}, {size(free)} free"
    if free < LITTLE_FREE:
        remedy = "Free some space on that disk, or choose another with --state DIR."
        return failed(seen, remedy) if free < LEAST_FREE else warning(seen, remedy)
    return ok(seen)


def library(settings: Settings) -> Verdict:
    """The library opens, its migrations are done, it writes ahead, and its pages are sound."""
    with _library(settings.state) as (path, note):
        open_database(path.parent).dispose()
        with closing(sqlite3.connect(path, timeout=WRITER_SECONDS)) as connection:
            (mode,) = connection.execute("pragma journal_mode").fetchone()
            sound = _sound(connection)
            pictures = connection.execute("select count(*) from contents").fetchone()[0] if sound else 0
    if sound != "ok" or mode != "wal":
        return failed(
            f"{path}: {sound}, journal mode {mode}", "Restore it from a backup, or choose another state."
        )
    return ok(f"{pictures:,} pictures, revision {HEAD}, writes ahead, sound{note}")


def journal(settings: Settings) -> Verdict:
    """The journal takes lines, and refuses to have any changed or removed."""
    with _library(settings.state) as (path, note):
        open_database(path.parent).dispose()
        with closing(sqlite3.connect(path, timeout=WRITER_SECONDS, isolation_level=None)) as connection:
            try:
                connection.execute("begin immediate")
            except sqlite3.OperationalError:
                return warning("another process is writing", "Run the doctor again when it has finished.")
            try:
                allowed = _changes_allowed(connection)
            finally:
                connection.execute("rollback")
    if allowed:
        return failed(f"lines can be {' and '.join(allowed)}", "Restore the library from a backup.")
    return ok(f"takes lines, refuses to change or remove them{note}")


@contextmanager
def _library(state: Path) -> Iterator[tuple[Path, str]]:
    """The library's file, or one made for the occasion where there is none yet."""
    path = state / "library.sqlite3"
    if path.exists() or not os.access(state if state.exists() else state.parent, os.R_OK):
        yield path, ""
        return
    with tempfile.TemporaryDirectory(prefix="pinakes-doctor-") as folder:
        yield Path(folder) / "library.sqlite3", " (tried in a temporary one; there is none yet)"


def _write_in(folder: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".pinakes-doctor-") as file:
        file.write(b"x" * 4096)
        file.flush()
        os.fsync(file.fileno())


def _sound(connection: sqlite3.Connection) -> str:
    """Return "ok", what is wrong, or "ok" as far as it could be seen in the time."""
    until = time.monotonic() + LOOK_SECONDS
    connection.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    try:
        return str(connection.execute("pragma quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        return "ok" if "interrupted" in str(error) else str(error)
    finally:
        connection.set_progress_handler(None, 0)


def _changes_allowed(connection: sqlite3.Connection) -> list[str]:
    connection.execute(
        "insert into journal (at, act, actor, event, item, verb, detail) "
        "values (0, 'doctor', 'doctor', 'planned', 0, 'keep', '{}')"
    )
    allowed = []
    for verb, statement in (
        ("changed", "update journal set actor = 'nobody' where act = 'doctor'"),
        ("removed", "delete from journal where act = 'doctor'"),
    ):
        try:
            connection.execute(statement)
            allowed.append(verb)
        except sqlite3.IntegrityError:
            continue
    return allowed
