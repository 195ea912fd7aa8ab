"""Collections in a schema of a PostgreSQL database, which any number of processes may use."""

from __future__ import annotations

import json

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from pinakes.core.errors import NotFound, StateUnusable
from pinakes.core.payload import Schema
from pinakes.core.types import ModelIdentity
from pinakes.postgres.connections import Connections
from pinakes.postgres.tables import complete, hold_making
from pinakes.vectors.naming import (
    absent,
    checked_name,
    collection_name,
    identity_as_json,
    identity_from_json,
)
from pinakes.vectors.pgvector.collection import NAMESPACE, PgvectorCollection
from pinakes.vectors.points import CollectionSummary

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
        self._connections = Connections(
            url, most=connections, seconds=seconds, variable="PINAKES_VECTORS__POSTGRES_URL"
        )
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
        self._connections.ask(lambda cursor: complete(cursor, NAMESPACE, name, self._schema))
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
        hold_making(cursor)
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
        complete(cursor, NAMESPACE, name, self._schema)


def _prepare(cursor: Cursor) -> None:
    hold_making(cursor)
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
