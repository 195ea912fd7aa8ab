"""Making tables that hold payloads, so that several processes may do so at once."""

from __future__ import annotations

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from pinakes.core.payload import Kind, Schema
from pinakes.postgres.clauses import COLUMN_TYPES, column

#: Key of the lock that processes hold while they make tables, so that two do not make the same.
MAKING = 0x70696E616B6573


def hold_making(cursor: Cursor) -> None:
    """Wait until no other process makes tables, and keep them waiting until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])


def complete(cursor: Cursor, namespace: str, name: str, schema: Schema) -> None:
    """Add a column and its index for each field of the schema that the table lacks."""
    hold_making(cursor)
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
        [namespace, name],
    )
    there = {row[0] for row in cursor.fetchall()}
    for field in schema.by_name.values():
        if field.name not in there:
            table, held = Identifier(namespace, name), column(field)
            kind = COLUMN_TYPES[field.kind]
            needed = SQL("NOT NULL" if field == schema.tenant else "")
            cursor.execute(SQL("ALTER TABLE {} ADD COLUMN {} {} {}").format(table, held, kind, needed))
            method = SQL("gin" if field.kind is Kind.KEYWORDS else "btree")
            cursor.execute(SQL("CREATE INDEX ON {} USING {} ({})").format(table, method, held))
