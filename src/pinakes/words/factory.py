"""Choosing where words are kept, from settings; the one place that knows every driver."""

from __future__ import annotations

from pinakes.core.errors import InvalidRequest
from pinakes.core.payload import PICTURES
from pinakes.core.settings import Settings
from pinakes.words.base import WordIndex


def open_words(settings: Settings) -> WordIndex:
    """Open the index that the settings name; `close` it after use.

    Raises:
        StateUnusable: the file, or the server, cannot be used.
        StateBusy: another process writes to the file all the time.
        ServiceUnavailable: no server answers.
        InvalidRequest: the settings ask for an extra that is not installed.
    """
    if settings.words.driver == "postgres":
        return _postgres(settings)
    from pinakes.words.sqlite.index import SqliteWordIndex

    path = None if settings.words.driver == "memory" else settings.words_file
    return SqliteWordIndex(path, PICTURES, seconds=settings.words.seconds)


def _postgres(settings: Settings) -> WordIndex:
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
    )
