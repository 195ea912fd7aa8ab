"""Opening the database of the shared search, which is one file."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from pinakes.core.errors import DiskFull, StateUnusable
from pinakes.db.session import connect, translated
from pinakes.search.shared.tables import FORM, metadata


def open_register(directory: Path) -> Engine:
    """Open, and where needed make, the register in a directory.

    Raises:
        StateUnusable: it cannot be used, or a newer version made it.
        DiskFull: there is no room for it.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        engine = connect(f"sqlite:///{directory / 'search.sqlite3'}")
        event.listen(engine, "handle_error", lambda context: _say_full(context, directory))
        _prepare(engine)
    except OSError as error:
        raise StateUnusable(
            f"The directory {directory} cannot be used: {error.strerror}.",
            remedy="Choose another with --state DIR or PINAKES_STATE.",
        ) from error
    except DBAPIError as error:
        raise translated(error, directory) from error
    return engine


def _prepare(engine: Engine) -> None:
    with engine.begin() as connection:
        form = connection.exec_driver_sql("pragma user_version").scalar_one()
        if form > FORM:
            raise StateUnusable(
                "The search service's register was written by a newer version of Pinakes.",
                remedy="Update Pinakes, or choose another directory with --state DIR.",
            )
        metadata.create_all(connection)
        connection.exec_driver_sql(f"pragma user_version={FORM}")


def _say_full(context: ExceptionContext, directory: Path) -> None:
    if isinstance(context.sqlalchemy_exception, DBAPIError):
        told = translated(context.sqlalchemy_exception, directory)
        if isinstance(told, DiskFull):
            raise told
