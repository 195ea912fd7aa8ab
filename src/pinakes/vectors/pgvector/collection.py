"""A collection as a table of PostgreSQL: a column for each field, and an HNSW index over the vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np
from psycopg import Cursor
from psycopg.sql import SQL, Composable, Identifier, Placeholder

from pinakes.core.bounds import check_folders, check_limit
from pinakes.core.filters import Filter, check_filter
from pinakes.core.payload import Folders, Schema
from pinakes.core.types import ModelIdentity, Vector
from pinakes.postgres.clauses import Clause, clause, column, from_columns
from pinakes.postgres.connections import Connections
from pinakes.vectors import bounds
from pinakes.vectors.naming import collection_name
from pinakes.vectors.points import Hit, Point

#: PostgreSQL's schema that our tables are in.
NAMESPACE = "pinakes_vectors"

#: Most dimensions that pgvector indexes; larger vectors are compared one by one.
MOST_INDEXED_DIMENSIONS = 2000

#: Edges and candidates of the graph while it is built; candidates kept while a query walks it, and at most.
EDGES, CANDIDATES, QUERY_CANDIDATES, MOST_CANDIDATES = 16, 128, 128, 1000

#: Points a query may look at beyond its candidates before it gives up on a filter that holds for few.
MOST_LOOKED_AT = 40_000

#: The condition that a point is one of those named.
OF_THESE = SQL("id = ANY(%s)")

#: Orders by distance, through the index or, since no index holds a sum, by comparing every row that is seen.
NEARLY, EXACTLY = SQL("embedding <#> %s::vector"), SQL("(embedding <#> %s::vector) + 0")


class PgvectorCollection:
    """A `Collection` in a table."""

    def __init__(
        self, connections: Connections, identity: ModelIdentity, schema: Schema, *, rebuild_seconds: float
    ) -> None:
        self.identity, self._schema, self._connections = identity, schema, connections
        name = collection_name(identity)
        self._table = Identifier(NAMESPACE, name)
        self._index, self._index_name = Identifier(NAMESPACE, f"{name}-hnsw"), Identifier(f"{name}-hnsw")
        self._columns = SQL(", ").join([column(field) for field in schema.by_name.values()])
        self._seconds, self._building = rebuild_seconds, Lock()

    def upsert(self, points: Sequence[Point]) -> None:
        """Store points, all or none."""
        checked = bounds.checked_points(points, self.identity, self._schema)
        names = ["embedding", *self._schema.by_name]
        statement = SQL(
            "INSERT INTO {} (id, {}) VALUES (%s, %s::vector, {}) ON CONFLICT (id) DO UPDATE SET {}"
        ).format(
            self._table,
            SQL(", ").join(map(Identifier, names)),
            SQL(", ").join([Placeholder()] * len(self._schema.by_name)),
            SQL(", ").join([SQL("{0} = EXCLUDED.{0}").format(Identifier(name)) for name in names]),
        )
        rows = [self._row(point) for point in sorted(checked, key=lambda point: point.id)]
        if rows:
            self._connections.ask(lambda cursor: cursor.executemany(statement, rows))

    def set_payload(self, ids: Sequence[UUID], changes: Mapping[str, Any]) -> None:
        """Change fields of points."""
        bounds.check_number(ids)
        changed = self._schema.changes(changes)
        if not changed or not ids:
            return
        columns = SQL(", ").join([SQL("{} = %s").format(Identifier(name)) for name in changed])
        statement = SQL("UPDATE {} SET {} WHERE {}").format(self._table, columns, self._locked(OF_THESE))
        values = [_kept(value) for value in changed.values()]
        self._connections.ask(lambda cursor: cursor.execute(statement, [*values, list(ids)]))

    def delete(self, ids: Sequence[UUID]) -> None:
        """Forget points."""
        bounds.check_number(ids)
        statement = SQL("DELETE FROM {} WHERE {}").format(self._table, self._locked(OF_THESE))
        self._connections.ask(lambda cursor: cursor.execute(statement, [list(ids)]))

    def delete_where(self, where: Filter | None, *, folders: Folders) -> None:
        """Forget the points that the filter holds for."""
        seen = self._clause(folders, where)
        statement = SQL("DELETE FROM {} WHERE {}").format(self._table, self._locked(seen.sql))
        self._connections.ask(lambda cursor: cursor.execute(statement, seen.values))

    def query(
        self,
        vector: Vector,
        *,
        limit: int,
        folders: Folders,
        where: Filter | None = None,
        exact: bool = False,
    ) -> list[Hit]:
        """The nearest points; asked again exactly where the index found too few."""
        check_limit(limit)
        asked = bounds.checked_vector(vector, self.identity)
        seen = self._clause(folders, where)
        found = self._connections.ask(lambda cursor: self._query(cursor, asked, limit, seen, exact=exact))
        if exact or len(found) == limit:
            return found
        return self._connections.ask(lambda cursor: self._query(cursor, asked, limit, seen, exact=True))

    def retrieve(self, ids: Sequence[UUID]) -> list[Point]:
        """The points of these ids that are there."""
        bounds.check_number(ids)
        return self._points(SQL("WHERE {}").format(OF_THESE), [list(ids)])

    def scroll(
        self, *, after: UUID | None, limit: int, folders: Folders, where: Filter | None = None
    ) -> list[Point]:
        """A page of points in the order of their ids."""
        check_limit(limit)
        seen = self._clause(folders, where)
        first = Clause(SQL("TRUE")) if after is None else Clause(SQL("id > %s"), (after,))
        page = SQL("WHERE {} AND {} ORDER BY id LIMIT %s").format(first.sql, seen.sql)
        return self._points(page, [*first.values, *seen.values, limit])

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        """How many points there are."""
        seen = self._clause(folders, where)
        statement = SQL("SELECT count(*) FROM {} WHERE {}").format(self._table, seen.sql)
        row = self._connections.ask(lambda cursor: cursor.execute(statement, seen.values).fetchone())
        return int(row[0]) if row else 0

    def optimise(self) -> bool:
        """Build the index where there is none whole, and count what the planner goes by."""
        with self._building:
            missing = self.identity.dimensions <= MOST_INDEXED_DIMENSIONS and not self._is_indexed()
            if missing:
                self._build()
            self._connections.outside(SQL("ANALYZE {}").format(self._table), seconds=self._seconds)
        return missing

    def flush(self) -> None:
        """PostgreSQL writes its log to the disk before it answers."""

    def _query(self, cursor: Cursor, vector: Vector, limit: int, seen: Clause, *, exact: bool) -> list[Hit]:
        candidates = min(MOST_CANDIDATES, max(QUERY_CANDIDATES, limit))
        cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
        cursor.execute(SQL("SET LOCAL hnsw.ef_search = {}").format(candidates))
        cursor.execute(SQL("SET LOCAL hnsw.max_scan_tuples = {}").format(MOST_LOOKED_AT))
        statement = SQL("SELECT id, -(embedding <#> %s::vector), {} FROM {} WHERE {} ORDER BY {} LIMIT %s")
        ordered = statement.format(self._columns, self._table, seen.sql, EXACTLY if exact else NEARLY)
        text = _as_text(vector)
        cursor.execute(ordered, [text, *seen.values, text, limit])
        return [Hit(row[0], row[1], from_columns(self._schema, row[2:])) for row in cursor.fetchall()]

    def _points(self, condition: Composable, values: list[Any]) -> list[Point]:
        statement = SQL("SELECT id, embedding::text, {} FROM {} {}").format(
            self._columns, self._table, condition
        )
        rows = self._connections.ask(lambda cursor: cursor.execute(statement, values).fetchall())
        return [Point(row[0], _from_text(row[1]), from_columns(self._schema, row[2:])) for row in rows]

    def _locked(self, condition: Composable) -> Composable:
        """The condition, with its rows taken in the order of their ids as every writer does.

        Otherwise two writers that meet would each wait for what the other has.
        """
        return SQL("id IN (SELECT id FROM {} WHERE {} ORDER BY id FOR UPDATE)").format(self._table, condition)

    def _row(self, point: Point) -> list[Any]:
        values = [_kept(point.payload.get(name)) for name in self._schema.by_name]
        return [point.id, _as_text(point.vector), *values]

    def _clause(self, folders: Folders, where: Filter | None) -> Clause:
        check_folders(folders)
        check_filter(where, self._schema)
        return clause(self._schema, folders, where)

    def _is_indexed(self) -> bool:
        statement = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"
        name = self._index.as_string(None)
        row = self._connections.ask(lambda cursor: cursor.execute(statement, [name]).fetchone())
        return bool(row and row[0])

    def _build(self) -> None:
        """Build beside reads and writes; what a killed build left is removed first."""
        drop = SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(self._index)
        build = SQL(
            "CREATE INDEX CONCURRENTLY {} ON {} USING hnsw (embedding vector_ip_ops) "
            "WITH (m = {}, ef_construction = {})"
        ).format(self._index_name, self._table, EDGES, CANDIDATES)
        for statement in (drop, build):
            self._connections.outside(statement, seconds=self._seconds)


def _kept(value: Any) -> Any:
    """A payload's value as the column takes it."""
    return list(value) if isinstance(value, tuple) else value


def _as_text(vector: Vector) -> str:
    """A vector as pgvector reads it, without loss."""
    return "[" + ",".join(map(repr, vector.tolist())) + "]"


def _from_text(text: str) -> Vector:
    """A vector as pgvector writes it, in the fewest digits that are without loss."""
    return np.array(text[1:-1].split(","), dtype=np.float32)
