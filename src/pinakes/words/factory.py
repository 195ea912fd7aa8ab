"""Choosing where words are kept, from settings; the one place that knows every driver."""

from __future__ import annotations

from pathlib import Path

from pinakes.core.errors import InvalidRequest
from pinakes.core.payload import PICTURES
from pinakes.core.settings import Settings
from pinakes.words.base import WordIndex

#: Whose documents an index holds, unless told: the library's.
LIBRARY = "documents"


def open_words(settings: Settings, *, file: Path | None = None, of: str = LIBRARY) -> WordIndex:
    """Open an index where the settings keep words; `close` it after use.

    Args:
        settings: name the driver.
        file: of the SQLite driver, instead of the settings' own.
        of: whose documents; in one PostgreSQL each has a table of its own.

    Raises:
        StateUnusable: the file, or the server, cannot be used.
        StateBusy: another process writes to the file all the time.
        ServiceUnavailable: no server answers.
        InvalidRequest: the settings ask for an extra that is not installed.
    """
    if settings.words.driver == "postgres":
        return _postgres(settings, of)
    from pinakes.words.sqlite.index import SqliteWordIndex

    path = None if settings.words.driver == "memory" else file or settings.words_file
    return SqliteWordIndex(path, PICTURES, seconds=settings.words.seconds)


def _postgres(settings: Settings, of: str) -> WordIndex:
    try:
        from pinakes.words.postgres.index import PostgresWordIndex
    except ImportError as error:
        raise InvalidRequest(
            "The postgres driver is not installed.", remedy="Install it with: pip install 'pinakes[postgres]'"
        ) from error
    url = settings.words.postgres_url or settings.vectors.postgres_url
    return PostgresWordIndex(
        url.get_secret_value(),
        PICTURES,
        connections=settings.words.connections,
        seconds=settings.words.seconds,
        of=of,
    )
