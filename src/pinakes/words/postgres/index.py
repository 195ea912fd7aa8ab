"""An index of words as a table of PostgreSQL, with a GIN index over the folded words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from psycopg.sql import SQL

from pinakes.core.bounds import check_folders, check_limit
from pinakes.core.filters import Filter, check_filter
from pinakes.core.payload import Folders, Schema
from pinakes.postgres.clauses import Clause, clause, from_columns
from pinakes.postgres.connections import Connections
from pinakes.words import bounds
from pinakes.words.asked import Asked, Phrase, asked
from pinakes.words.base import Document, WordField, WordHit
from pinakes.words.bounds import Kept
from pinakes.words.excerpts import why
from pinakes.words.postgres.lexemes import document
from pinakes.words.postgres.statements import Statements


class PostgresWordIndex:
    """A `WordIndex` in PostgreSQL, which any number of processes may read and write.

    Args:
        url: of the database.
        schema: of the documents' payload.
        connections: to the database at once, at most.
        seconds: that one question may take.
        of: whose documents; those of another name in the same database are apart.

    Raises:
        ServiceUnavailable: no server answers.
    """

    def __init__(
        self, url: str, schema: Schema, *, connections: int, seconds: float, of: str = "documents"
    ) -> None:
        self._schema, self._statements = schema, Statements(of, schema)
        self._connections = Connections(
            url, most=connections, seconds=seconds, variable="PINAKES_WORDS__POSTGRES_URL"
        )
        try:
            self._connections.ask(self._statements.make)
        except BaseException:
            self._connections.close()
            raise

    def upsert(self, documents: Sequence[Document]) -> None:
        """Store documents, all or none."""
        rows = [self._row(each) for each in bounds.checked_documents(documents, self._schema)]
        if rows:
            self._connections.ask(lambda cursor: cursor.executemany(self._statements.upsert(), rows))

    def delete(self, assets: Sequence[int]) -> None:
        """Forget assets, all or none."""
        bounds.check_number(assets)
        named = [bounds.checked_asset(asset) for asset in assets]
        self._connections.ask(lambda cursor: cursor.execute(self._statements.delete(), [named]))

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
        """The best documents by cover density, or the newest where no words are asked for."""
        wanted = asked(words, whole, without)
        rows = self._rows(wanted, limit, folders, where, self._statements.whole_documents)
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
        wanted = asked(words, whole, without)
        rows = self._rows(wanted, limit, folders, where, self._statements.only_assets)
        return [row[0] for row in rows]

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        """How many documents there are."""
        rows = self._ask(self._statements.count(self._clause(folders, where)))
        return int(rows[0][0])

    def values(self, field: str, *, limit: int, folders: Folders) -> list[str]:
        """The words of a field; every document is read."""
        check_limit(limit)
        held, seen = bounds.checked_word_field(field, self._schema), self._clause(folders, None)
        return [str(row[0]) for row in self._ask(self._statements.held_words(held, seen), limit)]

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def _rows(
        self,
        wanted: Asked,
        limit: int,
        folders: Folders,
        where: Filter | None,
        told: Callable[[Asked, Clause], Clause],
    ) -> list[tuple[Any, ...]]:
        """The best documents; `told` says what is selected of each."""
        check_limit(limit)
        seen = self._clause(folders, where)
        if wanted.impossible or folders == frozenset():
            return []
        return self._ask(told(wanted, seen), limit)

    def _ask(self, asking: Clause, *values: int) -> list[tuple[Any, ...]]:
        statement, given = SQL("{}").format(asking.sql), [*asking.values, *values]
        return self._connections.ask(lambda cursor: cursor.execute(statement, given).fetchall())

    def _clause(self, folders: Folders, where: Filter | None) -> Clause:
        check_folders(folders)
        check_filter(where, self._schema)
        return clause(self._schema, folders, where)

    def _row(self, kept: Kept) -> list[Any]:
        payload = [kept.payload.get(name) for name in self._schema.by_name]
        lists = [list(value) if isinstance(value, tuple) else value for value in payload]
        texts, folded = ([part.get(field) for field in WordField] for part in (kept.texts, kept.folded))
        return [kept.asset, texts, folded, document(kept.folded), *lists]

    def _hit(self, row: Sequence[Any], phrases: Sequence[Phrase]) -> WordHit:
        asset, score, texts, folded, *payload = row
        reason = why(
            dict(zip(WordField, texts, strict=False)), dict(zip(WordField, folded, strict=False)), phrases
        )
        return WordHit(asset, float(score), from_columns(self._schema, payload), *reason)
