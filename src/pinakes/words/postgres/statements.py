"""What is asked of the table of documents: it made, written to, and the best or the newest of it."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Cursor
from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder

from pinakes.core.payload import Field, Kind, Schema
from pinakes.postgres.clauses import Clause, column
from pinakes.postgres.tables import complete, hold_making
from pinakes.words.asked import Asked
from pinakes.words.postgres.lexemes import WEIGHTS, question, whole_words

#: PostgreSQL's schema that our tables are in.
NAMESPACE = "pinakes_words"

#: The form of a table and of the folding of its words: another form is another table.
FORM = 1

#: The field by which newest pictures come first; those without it come last.
NEWEST = Identifier("taken_at")


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one table.

    Attributes:
        of: whose documents the table holds; a database has one table of each.
        schema: of the documents' payload.
    """

    of: str
    schema: Schema

    @property
    def name(self) -> str:
        """What the table is called within `NAMESPACE`."""
        return f"{self.of}_{FORM}"

    @property
    def table(self) -> Identifier:
        """The table as statements name it."""
        return Identifier(NAMESPACE, self.name)

    def make(self, cursor: Cursor) -> None:
        """Make the table, its indexes and the columns it lacks; several processes may do so at once."""
        hold_making(cursor)
        cursor.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(NAMESPACE)))
        cursor.execute(
            SQL(
                "CREATE TABLE IF NOT EXISTS {} "
                "(id bigint PRIMARY KEY, texts text[] NOT NULL, folded text[] NOT NULL, "
                "found tsvector NOT NULL)"
            ).format(self.table)
        )
        complete(cursor, NAMESPACE, self.name, self.schema)
        for name, columns in (
            ("by_word", SQL("USING gin (found)")),
            ("by_time", SQL("({} DESC NULLS LAST, id DESC)").format(NEWEST)),
        ):
            index = Identifier(f"{self.name}_{name}")
            cursor.execute(SQL("CREATE INDEX IF NOT EXISTS {} ON {} {}").format(index, self.table, columns))

    def upsert(self) -> Composed:
        """Store one document: its id, texts, folded texts, `tsvector`, and payload by the schema."""
        names = [Identifier(name) for name in ("texts", "folded", "found", *self.schema.by_name)]
        return SQL(
            "INSERT INTO {} (id, {}) VALUES (%s, %s, %s, %s::tsvector, {}) ON CONFLICT (id) DO UPDATE SET {}"
        ).format(
            self.table,
            SQL(", ").join(names),
            SQL(", ").join([Placeholder()] * len(self.schema.by_name)),
            SQL(", ").join([SQL("{0} = EXCLUDED.{0}").format(name) for name in names]),
        )

    def delete(self) -> Composed:
        """Forget a list of ids, in their order: two writers that meet do not wait for each other."""
        return SQL(
            "DELETE FROM {0} WHERE id IN (SELECT id FROM {0} WHERE id = ANY(%s) ORDER BY id FOR UPDATE)"
        ).format(self.table)

    def count(self, seen: Clause) -> Clause:
        """How many documents are seen."""
        return Clause(SQL("SELECT count(*) FROM {} WHERE {}").format(self.table, seen.sql), seen.values)

    def held_words(self, field: Field, seen: Clause) -> Clause:
        """The words of a field, those of most documents first; a limit is to follow."""
        several = SQL("unnest({})") if field.kind is Kind.KEYWORDS else SQL("{}")
        statement = SQL(
            "SELECT word FROM (SELECT {} AS word FROM {} WHERE {} IS NOT NULL AND {}) AS held "
            "GROUP BY word ORDER BY count(*) DESC, word LIMIT %s"
        ).format(several.format(column(field)), self.table, column(field), seen.sql)
        return Clause(statement, seen.values)

    def whole_documents(self, wanted: Asked, seen: Clause) -> Clause:
        """Ids, scores, texts, folded texts and payloads of the best documents; a limit is to follow."""
        payload = SQL(", ").join([column(field) for field in self.schema.by_name.values()])
        return self._best(wanted, seen, SQL("id, score, texts, folded, {}").format(payload))

    def only_assets(self, wanted: Asked, seen: Clause) -> Clause:
        """Ids of what `whole_documents` gives, in the same order."""
        return self._best(wanted, seen, SQL("id"))

    def _best(self, wanted: Asked, seen: Clause, told: Composable) -> Clause:
        best = self._ranked(wanted, seen) if wanted.wanted else self._newest(wanted, seen)
        statement = SQL(
            "WITH best AS MATERIALIZED ({}) SELECT {} FROM best JOIN {} USING (id) "
            "ORDER BY score DESC, {} DESC NULLS LAST, id DESC"
        ).format(best.sql, told, self.table, NEWEST)
        return Clause(statement, best.values)

    def _ranked(self, wanted: Asked, seen: Clause) -> Clause:
        """Ids and scores of the best; the length of a document counts, in its logarithm."""
        rank = SQL("ts_rank_cd(%s::real[], found, %s::tsquery, 1)")
        statement = SQL(
            "SELECT id, {0} + {0} AS score FROM {1} WHERE found @@ %s::tsquery AND {2} "
            "ORDER BY score DESC, {3} DESC NULLS LAST, id DESC LIMIT %s"
        ).format(rank, self.table, seen.sql, NEWEST)
        text = question(wanted)
        return Clause(statement, (WEIGHTS, text, WEIGHTS, whole_words(wanted), text, *seen.values))

    def _newest(self, wanted: Asked, seen: Clause) -> Clause:
        held = SQL("found @@ %s::tsquery AND" if wanted.unwanted else "")
        statement = SQL(
            "SELECT id, 0.0 AS score FROM {} WHERE {} {} ORDER BY {} DESC NULLS LAST, id DESC LIMIT %s"
        ).format(self.table, held, seen.sql, NEWEST)
        return Clause(statement, (*([question(wanted)] if wanted.unwanted else []), *seen.values))
