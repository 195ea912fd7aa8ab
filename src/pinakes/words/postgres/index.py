"""An index of words as a table of PostgreSQL, with a GIN index over the folded words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Cursor
from psycopg.sql import SQL, Composable, Identifier, Placeholder

from pinakes.core.filters import Filter, check_filter
from pinakes.core.payload import Folders, Kind, Schema
from pinakes.postgres.clauses import Clause, clause, column, from_columns
from pinakes.postgres.connections import Connections
from pinakes.postgres.tables import complete, hold_making
from pinakes.words import bounds
from pinakes.words.asked import Asked, Phrase, asked
from pinakes.words.base import Document, WordField, WordHit
from pinakes.words.bounds import Kept
from pinakes.words.excerpts import why
from pinakes.words.postgres.lexemes import WEIGHTS, document, question, whole_words

#: PostgreSQL's schema that our table is in; another form of it, or another folding, takes another name.
NAMESPACE, NAME = "pinakes_words", "documents_1"

#: The field by which newest pictures come first; those without it come last.
NEWEST = Identifier("taken_at")

_TABLE = Identifier(NAMESPACE, NAME)

#: Rows are taken in the order of their ids by every writer, so that two that meet do not wait for each other.
_LOCKED = SQL("id IN (SELECT id FROM {} WHERE id = ANY(%s) ORDER BY id FOR UPDATE)").format(_TABLE)


class PostgresWordIndex:
    """A `WordIndex` in PostgreSQL, which any number of processes may read and write.

    Raises:
        ServiceUnavailable: no server answers.
    """

    def __init__(self, url: str, schema: Schema, *, connections: int, seconds: float) -> None:
        self._schema = schema
        self._connections = Connections(
            url, most=connections, seconds=seconds, variable="PINAKES_WORDS__POSTGRES_URL"
        )
        self._columns = SQL(", ").join([column(field) for field in schema.by_name.values()])
        try:
            self._connections.ask(lambda cursor: _make(cursor, schema))
        except BaseException:
            self._connections.close()
            raise

    def upsert(self, documents: Sequence[Document]) -> None:
        """Store documents, all or none."""
        kept = bounds.checked_documents(documents, self._schema)
        names = [Identifier(name) for name in ("texts", "folded", "found", *self._schema.by_name)]
        statement = SQL(
            "INSERT INTO {} (id, {}) VALUES (%s, %s, %s, %s::tsvector, {}) ON CONFLICT (id) DO UPDATE SET {}"
        ).format(
            _TABLE,
            SQL(", ").join(names),
            SQL(", ").join([Placeholder()] * len(self._schema.by_name)),
            SQL(", ").join([SQL("{0} = EXCLUDED.{0}").format(name) for name in names]),
        )
        rows = [self._row(each) for each in kept]
        if rows:
            self._connections.ask(lambda cursor: cursor.executemany(statement, rows))

    def delete(self, assets: Sequence[int]) -> None:
        """Forget assets, all or none."""
        bounds.check_number(assets)
        named = [bounds.checked_asset(asset) for asset in assets]
        statement = SQL("DELETE FROM {} WHERE {}").format(_TABLE, _LOCKED)
        self._connections.ask(lambda cursor: cursor.execute(statement, [named]))

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
        told = SQL("id, score, texts, folded, {}").format(self._columns)
        return [self._hit(row, wanted.wanted) for row in self._rows(wanted, limit, folders, where, told)]

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
        rows = self._rows(asked(words, whole, without), limit, folders, where, SQL("id"))
        return [row[0] for row in rows]

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        """How many documents there are."""
        seen = self._clause(folders, where)
        statement = SQL("SELECT count(*) FROM {} WHERE {}").format(_TABLE, seen.sql)
        row = self._connections.ask(lambda cursor: cursor.execute(statement, seen.values).fetchone())
        return int(row[0]) if row else 0

    def values(self, field: str, *, limit: int, folders: Folders) -> list[str]:
        """The words of a field; every document is read."""
        bounds.check_limit(limit)
        held, seen = bounds.checked_word_field(field, self._schema), self._clause(folders, None)
        several = SQL("unnest({})") if held.kind is Kind.KEYWORDS else SQL("{}")
        statement = SQL(
            "SELECT word FROM (SELECT {} AS word FROM {} WHERE {} IS NOT NULL AND {}) AS held "
            "GROUP BY word ORDER BY count(*) DESC, word LIMIT %s"
        ).format(several.format(column(held)), _TABLE, column(held), seen.sql)
        values = [*seen.values, limit]
        rows = self._connections.ask(lambda cursor: cursor.execute(statement, values).fetchall())
        return [str(row[0]) for row in rows]

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def _rows(
        self, wanted: Asked, limit: int, folders: Folders, where: Filter | None, told: Composable
    ) -> list[tuple[Any, ...]]:
        """The best documents; `told` is what is selected of each."""
        bounds.check_limit(limit)
        seen = self._clause(folders, where)
        if wanted.impossible or folders == frozenset():
            return []
        asking = _ranked(wanted, seen) if wanted.wanted else _newest(wanted, seen)
        statement = SQL(
            "WITH best AS MATERIALIZED ({}) SELECT {} FROM best JOIN {} USING (id) "
            "ORDER BY score DESC, {} DESC NULLS LAST, id DESC"
        ).format(asking.sql, told, _TABLE, NEWEST)
        values = [*asking.values, limit]
        return self._connections.ask(lambda cursor: cursor.execute(statement, values).fetchall())

    def _clause(self, folders: Folders, where: Filter | None) -> Clause:
        bounds.check_folders(folders)
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


def _make(cursor: Cursor, schema: Schema) -> None:
    hold_making(cursor)
    cursor.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(NAMESPACE)))
    cursor.execute(
        SQL(
            "CREATE TABLE IF NOT EXISTS {} "
            "(id bigint PRIMARY KEY, texts text[] NOT NULL, folded text[] NOT NULL, "
            "found tsvector NOT NULL)"
        ).format(_TABLE)
    )
    complete(cursor, NAMESPACE, NAME, schema)
    for name, columns in (
        (f"{NAME}_by_word", SQL("USING gin (found)")),
        (f"{NAME}_by_time", SQL("({} DESC NULLS LAST, id DESC)").format(NEWEST)),
    ):
        cursor.execute(
            SQL("CREATE INDEX IF NOT EXISTS {} ON {} {}").format(Identifier(name), _TABLE, columns)
        )


def _ranked(wanted: Asked, seen: Clause) -> Clause:
    """Ids and scores of the best; the length of a document counts, in its logarithm."""
    rank = SQL("ts_rank_cd(%s::real[], found, %s::tsquery, 1)")
    statement = SQL(
        "SELECT id, {0} + {0} AS score FROM {1} WHERE found @@ %s::tsquery AND {2} "
        "ORDER BY score DESC, {3} DESC NULLS LAST, id DESC LIMIT %s"
    ).format(rank, _TABLE, seen.sql, NEWEST)
    text = question(wanted)
    return Clause(statement, (WEIGHTS, text, WEIGHTS, whole_words(wanted), text, *seen.values))


def _newest(wanted: Asked, seen: Clause) -> Clause:
    held = SQL("found @@ %s::tsquery AND" if wanted.unwanted else "")
    statement = SQL(
        "SELECT id, 0.0 AS score FROM {} WHERE {} {} ORDER BY {} DESC NULLS LAST, id DESC LIMIT %s"
    ).format(_TABLE, held, seen.sql, NEWEST)
    return Clause(statement, (*([question(wanted)] if wanted.unwanted else []), *seen.values))
