"""An index of words in SQLite: a table of documents, and FTS5 over their folded words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pinakes.core.errors import StateUnusable
from pinakes.core.filters import Filter, check_filter
from pinakes.core.payload import Folders, Schema
from pinakes.words import bounds
from pinakes.words.asked import Asked, Phrase, asked
from pinakes.words.base import Document, WordField, WordHit
from pinakes.words.bounds import Kept
from pinakes.words.excerpts import why
from pinakes.words.sqlite.clauses import COLUMN_TYPES, Clause, clause, column, from_columns, to_column
from pinakes.words.sqlite.connections import Connections

#: Form of the file and of the folding; a file of another revision is refused.
REVISION = 1

#: The field by which newest pictures come first; those without it come last.
NEWEST = "taken_at"

#: What a word in each field weighs in a document's rank.
WEIGHTS: Mapping[WordField, float] = {
    WordField.TAGS: 8.0,
    WordField.TITLE: 6.0,
    WordField.NAME: 5.0,
    WordField.CAPTION: 4.0,
    WordField.PLACE: 3.0,
    WordField.TEXT: 2.0,
    WordField.DETAILS: 1.5,
    WordField.PATH: 1.0,
}

#: Assets named in one statement; older releases of SQLite take no more than a thousand values.
BATCH = 500

#: The columns of the folded words; the tokenizer splits at spaces alone, since words come folded.
_WORDS = ", ".join(f'"{field}"' for field in WordField)

_FOUND = ", ".join(f'found."{field}"' for field in WordField)

_TABLES = (
    "create table documents (id integer primary key, texts text not null)",
    f"create virtual table found using fts5({_WORDS}, tokenize = 'ascii', prefix = '2 3')",
)

_SCORE = f"-bm25(found, {', '.join(str(WEIGHTS[field]) for field in WordField)})"


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
            self._connections.write(lambda connection: _make(connection, schema))
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
        rows = self._rows(wanted, limit, folders, where, lambda best: _whole(self._schema, best))
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
        rows = self._rows(asked(words, whole, without), limit, folders, where, _only_assets)
        return [row[0] for row in rows]

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        """How many documents there are."""
        seen = self._clause(folders, where)
        statement = f"select count(*) from documents where {seen.sql}"  # noqa: S608
        rows = self._connections.ask(lambda connection: connection.execute(statement, seen.values).fetchall())
        return int(rows[0][0])

    def close(self) -> None:
        """Release the file."""
        self._connections.close()

    def _clause(self, folders: Folders, where: Filter | None) -> Clause:
        bounds.check_folders(folders)
        check_filter(where, self._schema)
        return clause(self._schema, folders, where)

    def _rows(
        self, wanted: Asked, limit: int, folders: Folders, where: Filter | None, told: Callable[[str], str]
    ) -> list[tuple[Any, ...]]:
        """The best documents; `told` makes the statement that says of them what is needed."""
        bounds.check_limit(limit)
        seen = self._clause(folders, where)
        if wanted.impossible or folders == frozenset():
            return []
        asking = _ranked(wanted, seen) if wanted.wanted else _newest(wanted, seen)
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
            f"insert into found (rowid, {_WORDS}) values ({_marks(len(WordField) + 1)})",  # noqa: S608
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


def _make(connection: sqlite3.Connection, schema: Schema) -> None:
    """Make the tables where there are none, and columns for fields that a later version added."""
    (revision,) = connection.execute("pragma user_version").fetchone()
    if revision not in (0, REVISION):
        raise StateUnusable(
            "The index of words was written by another version of Pinakes.",
            remedy="Remove the file; it is made again from the library.",
        )
    if revision == 0:
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute(f"pragma user_version = {REVISION}")
    there = {row[1] for row in connection.execute("pragma table_info(documents)")}
    for field in schema.by_name.values():
        if field.name not in there:
            kind = COLUMN_TYPES[field.kind]
            connection.execute(f'alter table documents add column "{field.name}" {kind}')
    tenant = schema.tenant.name
    connection.execute(f'create index if not exists documents_by_folder on documents ("{tenant}")')
    connection.execute(f'create index if not exists documents_by_time on documents ("{NEWEST}", id)')


def _forget(connection: sqlite3.Connection, assets: Sequence[int]) -> None:
    for start in range(0, len(assets), BATCH):
        named = assets[start : start + BATCH]
        for key in ("documents where id", "found where rowid"):
            connection.execute(f"delete from {key} in ({_marks(len(named))})", named)  # noqa: S608


def _ranked(asked: Asked, seen: Clause) -> Clause:
    """Ids and scores of the best; the words are looked up first, whatever the planner thinks of them."""
    statement = (
        f"select found.rowid as id, {_SCORE} as score from found cross join documents "  # noqa: S608
        f"where documents.id = found.rowid and found match ? and {seen.sql} "
        "order by score desc, id desc limit ?"
    )
    return Clause(statement, (_match(asked), *seen.values))


def _newest(asked: Asked, seen: Clause) -> Clause:
    without = (
        "documents.id not in (select rowid from found where found match ?)" if asked.unwanted else "true"
    )
    statement = (
        f"select id, 0.0 as score from documents where {without} and {seen.sql} "  # noqa: S608
        f'order by "{NEWEST}" desc, id desc limit ?'
    )
    return Clause(statement, (*([_any(asked.unwanted)] if asked.unwanted else []), *seen.values))


def _whole(schema: Schema, best: str) -> str:
    """Everything of the documents whose ids and scores `best` selects, in the same order."""
    columns = ", ".join(column(field) for field in schema.by_name.values())
    return (
        f"with best as materialized ({best}) "  # noqa: S608
        f"select best.id, best.score, documents.texts, {columns}, {_FOUND} from best "
        "cross join documents on documents.id = best.id cross join found on found.rowid = best.id "
        f'order by best.score desc, documents."{NEWEST}" desc, best.id desc'
    )


def _only_assets(best: str) -> str:
    return (
        f"with best as materialized ({best}) "  # noqa: S608
        "select best.id from best cross join documents on documents.id = best.id "
        f'order by best.score desc, documents."{NEWEST}" desc, best.id desc'
    )


def _match(asked: Asked) -> str:
    wanted = " AND ".join(f"({_phrase(phrase)})" for phrase in asked.wanted)
    return f"({wanted}) NOT ({_any(asked.unwanted)})" if asked.unwanted else wanted


def _any(phrases: Sequence[Phrase]) -> str:
    return " OR ".join(_phrase(phrase) for phrase in phrases)


def _phrase(phrase: Phrase) -> str:
    """The phrase as FTS5 reads it; a whole last word counts twice, as itself and as a beginning."""
    quoted = f'"{phrase.text}"'
    return f"{quoted} OR {quoted} *" if phrase.open_ended else quoted


def _marks(number: int) -> str:
    return ", ".join("?" * number)
