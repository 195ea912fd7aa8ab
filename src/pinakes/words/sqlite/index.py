"""An index of words in SQLite: a table of documents, and FTS5 over their folded words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pinakes.core.bounds import check_folders, check_limit
from pinakes.core.filters import Filter, check_filter
from pinakes.core.payload import Folders, Schema
from pinakes.words import bounds
from pinakes.words.asked import Asked, Phrase, asked
from pinakes.words.base import Document, WordField, WordHit
from pinakes.words.bounds import Kept
from pinakes.words.excerpts import why
from pinakes.words.sqlite.clauses import Clause, clause, from_columns, to_column
from pinakes.words.sqlite.connections import Connections
from pinakes.words.sqlite.statements import held_words, newest, only_assets, ranked, whole_documents
from pinakes.words.sqlite.tables import WORDS, make

#: Assets named in one statement; older releases of SQLite take no more than a thousand values.
BATCH = 500


class SqliteWordIndex:
    """A `WordIndex` in a file, or in memory where `path` is None.

    Any number of threads and processes may read while one writes. A word that most documents hold ranks
    them all, so that a question has `seconds`.

    Raises:
        StateUnusable: the file is damaged, or of another revision.
    """

    def __init__(self, path: Path | None, schema: Schema, *, seconds: float) -> None:
        self._schema, self._connections = schema, Connections(path, seconds=seconds)
        try:
            self._connections.write(lambda connection: make(connection, schema))
        except BaseException:
            self._connections.close()
            raise

    def upsert(self, documents: Sequence[Document]) -> None:
        """Store documents, all or none."""
        kept = bounds.checked_documents(documents, self._schema)
        if kept:
            self._connections.write(lambda connection: self._upsert(connection, kept))

    def delete(self, assets: Sequence[int]) -> None:
        """Forget assets, all or none."""
        bounds.check_number(assets)
        named = [bounds.checked_asset(asset) for asset in assets]
        if named:
            self._connections.write(lambda connection: _forget(connection, named))

    def query(
        self,
        words: Sequence[str],
        *,
        limit: int,
        folders: Folders,
        where: Filter | None = None,
        whole: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> list[WordHit]:
        """The best documents by BM25, or the newest where no words are asked for."""
        wanted = asked(words, whole, without)
        rows = self._rows(wanted, limit, folders, where, lambda best: whole_documents(self._schema, best))
        return [self._hit(row, wanted.wanted) for row in rows]

    def holding(
        self,
        words: Sequence[str],
        *,
        limit: int,
        folders: Folders,
        where: Filter | None = None,
        whole: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> list[int]:
        """The assets of the best documents."""
        rows = self._rows(asked(words, whole, without), limit, folders, where, only_assets)
        return [row[0] for row in rows]

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        """How many documents there are."""
        seen = self._clause(folders, where)
        statement = f"select count(*) from documents where {seen.sql}"  # noqa: S608
        rows = self._connections.ask(lambda connection: connection.execute(statement, seen.values).fetchall())
        return int(rows[0][0])

    def values(self, field: str, *, limit: int, folders: Folders) -> list[str]:
        """The words of a field; every document is read."""
        check_limit(limit)
        statement = held_words(bounds.checked_word_field(field, self._schema), self._clause(folders, None))
        values = (*statement.values, limit)
        rows = self._connections.ask(lambda connection: connection.execute(statement.sql, values).fetchall())
        return [str(row[0]) for row in rows]

    def close(self) -> None:
        """Release the file."""
        self._connections.close()

    def _clause(self, folders: Folders, where: Filter | None) -> Clause:
        check_folders(folders)
        check_filter(where, self._schema)
        return clause(self._schema, folders, where)

    def _rows(
        self, wanted: Asked, limit: int, folders: Folders, where: Filter | None, told: Callable[[str], str]
    ) -> list[tuple[Any, ...]]:
        """The best documents; `told` makes the statement that says of them what is needed."""
        check_limit(limit)
        seen = self._clause(folders, where)
        if wanted.impossible or folders == frozenset():
            return []
        asking = ranked(wanted, seen) if wanted.wanted else newest(wanted, seen)
        statement, values = told(asking.sql), (*asking.values, limit)
        return self._connections.ask(lambda connection: connection.execute(statement, values).fetchall())

    def _upsert(self, connection: sqlite3.Connection, kept: Sequence[Kept]) -> None:
        _forget(connection, [document.asset for document in kept])
        names = ", ".join(f'"{name}"' for name in self._schema.by_name)
        connection.executemany(
            f"insert into documents (id, texts, {names}) values ({_marks(len(self._schema.by_name) + 2)})",  # noqa: S608
            [self._row(document) for document in kept],
        )
        connection.executemany(
            f"insert into found (rowid, {WORDS}) values ({_marks(len(WordField) + 1)})",  # noqa: S608
            [[document.asset, *map(document.folded.get, WordField)] for document in kept],
        )

    def _row(self, document: Kept) -> list[Any]:
        payload = [to_column(document.payload.get(name)) for name in self._schema.by_name]
        return [document.asset, json.dumps(document.texts, ensure_ascii=False), *payload]

    def _hit(self, row: Sequence[Any], phrases: Sequence[Phrase]) -> WordHit:
        asset, score, texts, *rest = row
        payload = from_columns(self._schema, rest[: len(self._schema.by_name)])
        folded = dict(zip(WordField, rest[len(self._schema.by_name) :], strict=True))
        return WordHit(asset, score, payload, *why(json.loads(texts), folded, phrases))


def _forget(connection: sqlite3.Connection, assets: Sequence[int]) -> None:
    for start in range(0, len(assets), BATCH):
        named = assets[start : start + BATCH]
        for key in ("documents where id", "found where rowid"):
            connection.execute(f"delete from {key} in ({_marks(len(named))})", named)  # noqa: S608


def _marks(number: int) -> str:
    return ", ".join("?" * number)
