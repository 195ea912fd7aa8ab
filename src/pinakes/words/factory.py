"""Choosing where words are kept, from settings; the one place that knows every driver."""

from __future__ import annotations

from pinakes.core.payload import PICTURES
from pinakes.core.settings import Settings
from pinakes.words.base import WordIndex


def open_words(settings: Settings) -> WordIndex:
    """Open the index that the settings name; `close` it after use.

    Raises:
        StateUnusable: the file, or the server, cannot be used.
        StateBusy: another process writes to the file all the time.
    """
    from pinakes.words.sqlite.index import SqliteWordIndex

    path = None if settings.words.driver == "memory" else settings.words_file
    return SqliteWordIndex(path, PICTURES, seconds=settings.words.seconds)
