"""The tables of the file, and how they are made."""

from __future__ import annotations

import sqlite3

from pinakes.core.errors import StateUnusable
from pinakes.core.payload import Field, Schema
from pinakes.words.base import WordField
from pinakes.words.sqlite.clauses import COLUMN_TYPES
from pinakes.words.sqlite.statements import NEWEST

#: Form of the file and of the folding; a file of another revision is refused.
REVISION = 1

#: The columns of the folded words; the tokenizer splits at spaces alone, since words come folded.
WORDS = ", ".join(f'"{field}"' for field in WordField)

_FOUND = f"create virtual table found using fts5({WORDS}, tokenize = 'ascii', prefix = '2 3')"


def make(connection: sqlite3.Connection, schema: Schema) -> None:
    """Make the tables where there are none, and columns for fields that a later version added.

    Raises:
        StateUnusable: they are of another revision.
    """
    (revision,) = connection.execute("pragma user_version").fetchone()
    if revision not in (0, REVISION):
        raise StateUnusable(
            "The index of words was written by another version of Pinakes.",
            remedy="Remove the file; it is made again from the library.",
        )
    if revision == 0:
        # The texts come last: what filters look at is read without them.
        columns = ", ".join(map(_column, schema.by_name.values()))
        connection.execute(f"create table documents (id integer primary key, {columns}, texts text not null)")
        connection.execute(_FOUND)
        connection.execute(f"pragma user_version = {REVISION}")
    there = {row[1] for row in connection.execute("pragma table_info(documents)")}
    for field in schema.by_name.values():
        if field.name not in there:
            connection.execute(f"alter table documents add column {_column(field)}")
    tenant = schema.tenant.name
    connection.execute(f'create index if not exists documents_by_folder on documents ("{tenant}")')
    connection.execute(f'create index if not exists documents_by_time on documents ("{NEWEST}", id)')


def _column(field: Field) -> str:
    return f'"{field.name}" {COLUMN_TYPES[field.kind]}'
