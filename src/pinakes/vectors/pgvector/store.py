"""Collections in a schema of a PostgreSQL database, which any number of processes may use."""

from __future__ import annotations

import json

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from pinakes.core.errors import NotFound, StateUnusable
from pinakes.core.payload import Kind, Schema
from pinakes.core.types import ModelIdentity
from pinakes.vectors.naming import (
    absent,
    checked_name,
    collection_name,
    identity_as_json,
    identity_from_json,
)
from pinakes.vectors.pgvector.clauses import COLUMN_TYPES, column
from pinakes.vectors.pgvector.collection import NAMESPACE, PgvectorCollection
from pinakes.vectors.pgvector.connections import Connections
from pinakes.vectors.points import CollectionSummary

#: Key of the lock that processes hold while they make tables, so that two do not make the same.
MAKING = 0x70696E616B6573

#: Oldest pgvector whose index scans go on until the filter's limit is reached.
OLDEST = (0, 8)


class PgvectorVectorStore:
    """A `VectorStore` in PostgreSQL.

    Raises:
        ServiceUnavailable: no server answers.
        StateUnusable: it has no pgvector, or one before 0.8.
    """

    def __init__(
        self, url: str, schema: Schema, *, connections: int, seconds: float, rebuild_seconds: float
    ) -> None:
        self._schema, self._seconds = schema, rebuild_seconds
        self._connections = Connections(url, most=connections, seconds=seconds)
        try:
            self._connections.ask(_prepare)
        except BaseException:
            self._connections.close()
            raise

    def create(self, identity: ModelIdentity) -> PgvectorCollection:
        """The collection for this model's embeddings, made where there is none."""
        name = collection_name(identity)
        self._connections.ask(lambda cursor: self._make(cursor, name, identity))
        return self.open(name)

    def open(self, name: str) -> PgvectorCollection:
        """The collection of this name."""
        checked_name(name)
        identities = self._connections.ask(_identities)
        if name not in identities:
            raise NotFound(absent(name, identities))
        self._connections.ask(lambda cursor: self._complete(cursor, name))
        return self._collection(identities[name])

    def collections(self) -> list[CollectionSummary]:
        """What there is, by name."""
        found = self._connections.ask(_identities)
        return [
            CollectionSummary(name, identity, self._collection(identity).count(folders=None))
            for name, identity in sorted(found.items())
        ]

    def drop(self, name: str) -> None:
        """Forget a collection."""
        self.open(name)
        self._connections.ask(lambda cursor: _forget(cursor, name))

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def _collection(self, identity: ModelIdentity) -> PgvectorCollection:
        return PgvectorCollection(self._connections, identity, self._schema, rebuild_seconds=self._seconds)

    def _make(self, cursor: Cursor, name: str, identity: ModelIdentity) -> None:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        cursor.execute(
            SQL("CREATE TABLE IF NOT EXISTS {} (id uuid PRIMARY KEY, embedding vector({}) NOT NULL)").format(
                Identifier(NAMESPACE, name), identity.dimensions
            )
        )
        cursor.execute(
            SQL("INSERT INTO {} (name, identity) VALUES (%s, %s) ON CONFLICT DO NOTHING").format(
                Identifier(NAMESPACE, "collections")
            ),
            [name, json.dumps(identity_as_json(identity))],
        )
        self._complete(cursor, name)

    def _complete(self, cursor: Cursor, name: str) -> None:
        """Add a column and its index for each field that the table lacks."""
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
            [NAMESPACE, name],
        )
        there = {row[0] for row in cursor.fetchall()}
        for field in self._schema.by_name.values():
            if field.name not in there:
                table, held = Identifier(NAMESPACE, name), column(field)
                kind = COLUMN_TYPES[field.kind]
                needed = SQL("NOT NULL" if field == self._schema.tenant else "")
                cursor.execute(SQL("ALTER TABLE {} ADD COLUMN {} {} {}").format(table, held, kind, needed))
                method = SQL("gin" if field.kind is Kind.KEYWORDS else "btree")
                cursor.execute(SQL("CREATE INDEX ON {} USING {} ({})").format(table, method, held))


def _prepare(cursor: Cursor) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
    row = cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
    if row is None:
        cursor.execute("CREATE EXTENSION vector")
        row = cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
    version = str(row[0]) if row else "none"
    if row is None or tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        raise StateUnusable(
            f"PostgreSQL has pgvector {version}; 0.8 or newer is needed.",
            remedy="Install a newer one and run: ALTER EXTENSION vector UPDATE",
        )
    cursor.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(NAMESPACE)))
    cursor.execute(
        SQL("CREATE TABLE IF NOT EXISTS {} (name text PRIMARY KEY, identity text NOT NULL)").format(
            Identifier(NAMESPACE, "collections")
        )
    )


def _identities(cursor: Cursor) -> dict[str, ModelIdentity]:
    cursor.execute(SQL("SELECT name, identity FROM {}").format(Identifier(NAMESPACE, "collections")))
    return {name: identity_from_json(name, json.loads(stored)) for name, stored in cursor.fetchall()}


def _forget(cursor: Cursor, name: str) -> None:
    cursor.execute(SQL("DELETE FROM {} WHERE name = %s").format(Identifier(NAMESPACE, "collections")), [name])
    cursor.execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier(NAMESPACE, name)))
