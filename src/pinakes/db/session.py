"""Opening the library's database: pragmas, migrations, and refusing a state from a newer version."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError

from pinakes.core.errors import DiskFull, StateUnusable

#: The newest migration this version knows.
HEAD = "0003"

#: Every revision this version knows, oldest first.
KNOWN = ("0001", "0002", "0003")

#: Longest wait for another process to finish its write, seconds.
BUSY_SECONDS = 30

#: Bytes without which SQLite cannot write: its shared-memory file and a page or two.
_LEAST_ROOM = 2**18


def open_database(state: Path) -> Engine:
    """Open, and where needed create or migrate, the library in the directory `state`.

    Raises:
        StateUnusable: the directory cannot be written, is damaged, or was made by a newer Pinakes.
        DiskFull: there is no room to create it.
    """
    try:
        state.mkdir(parents=True, exist_ok=True)
        engine = connect(f"sqlite:///{state / 'library.sqlite3'}")
        event.listen(engine, "handle_error", lambda context: _say_full(context, state))
        _migrate(engine, state)
    except OSError as error:
        raise StateUnusable(
            f"The state directory {state} cannot be used: {error.strerror}.",
            remedy="Choose another with --state DIR or PINAKES_STATE.",
        ) from error
    except DBAPIError as error:
        raise translated(error, state) from error
    return engine


def connect(url: str) -> Engine:
    """Return an engine for `url`; on SQLite with write-ahead log, foreign keys and a 30 s busy wait."""
    engine = create_engine(url)
    if make_url(url).get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def translated(error: DBAPIError, state: Path) -> DiskFull | StateUnusable:
    """Turn a database error into the sentence a person can act on."""
    text = str(error.orig)
    if _is_full(error.orig, state):
        return DiskFull(
            f"The disk that holds {state} is full.", remedy="Free some space and run the command again."
        )
    return StateUnusable(
        f"The library in {state} cannot be used: {text}.",
        remedy="Choose another directory with --state DIR, or restore this one from a backup.",
    )


def _is_full(error: BaseException | None, state: Path) -> bool:
    # SQLite calls it an I/O error where the shared memory of the write-ahead log finds no room.
    text = str(error)
    return "full" in text or ("disk I/O" in text and shutil.disk_usage(state).free < _LEAST_ROOM)


def _say_full(context: ExceptionContext, state: Path) -> None:
    # Whoever writes, wherever: a full disk is one sentence.
    if isinstance(context.sqlalchemy_exception, DBAPIError) and _is_full(context.original_exception, state):
        raise translated(context.sqlalchemy_exception, state)


def _set_pragmas(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "synchronous=full", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")
    _switch_to_wal(connection)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # Of two processes that both switch a new file, SQLite refuses one at once, whatever the busy wait.
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode=wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin_immediate(connection: Any) -> None:
    # A deferred transaction that turns writer half-way fails at once when another process writes;
    # one that says so at the start waits for its turn.
    readonly = connection.get_execution_options().get("readonly", False)
    connection.exec_driver_sql("begin" if readonly else "begin immediate")


def _migrate(engine: Engine, state: Path) -> None:
    with engine.execution_options(readonly=True).connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found == HEAD:
        return
    if found is not None and found not in KNOWN:
        raise StateUnusable(
            f"The state directory {state} was written by a newer version of Pinakes.",
            remedy="Update Pinakes, or choose another directory with --state DIR.",
        )
    config = Config()
    config.set_main_option("script_location", "pinakes.db:migrations")
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
