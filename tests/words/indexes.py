"""Indexes of words for tests: every driver, and documents to fill them with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from tests.vectors.stores import Postgres

from pinakes.core.payload import PICTURES
from pinakes.words.base import Document, WordField, WordIndex
from pinakes.words.postgres.index import PostgresWordIndex
from pinakes.words.sqlite.index import SqliteWordIndex

#: What every driver's fixture is called.
DRIVERS = ("memory", "sqlite", "postgres")


def opener(driver: str, directory: Path, postgres: Callable[[], Postgres]) -> WordIndex:
    """An index of a driver, empty unless the directory or the server holds one."""
    if driver == "postgres":
        return PostgresWordIndex(postgres().url, PICTURES, connections=4, seconds=10)
    path = directory / "words.sqlite3" if driver == "sqlite" else None
    return SqliteWordIndex(path, PICTURES, seconds=10)


def emptied(postgres: Postgres) -> Postgres:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("DROP SCHEMA IF EXISTS pinakes_words CASCADE")
    return postgres


def document(asset: int, caption: str = "", *, folder: int = 1, **payload: Any) -> Document:
    """A document with a caption; other words are given by the names of their fields, in capital letters."""
    words = {WordField.CAPTION: caption} if caption else {}
    words |= {WordField[name]: payload.pop(name) for name in list(payload) if name.isupper()}
    return Document(asset, words, {"folder": folder, "asset": asset} | payload)
