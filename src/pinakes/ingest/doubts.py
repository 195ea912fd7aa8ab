"""Noting that what an index was told of some contents is no longer all that is known of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from pinakes.db.tables import assets, indexed

#: In the row of an index, instead of a digest: it is to be told anew.
DOUBTED = "?"


def doubt(connection: Connection, sha256s: Sequence[str], *, index: str | None = None) -> None:
    """Have an index, or all of them, told anew of the assets with these contents."""
    those = indexed.c.asset.in_(select(assets.c.id).where(assets.c.sha256.in_(sha256s)))
    where = those if index is None else those & (indexed.c.index == index)
    connection.execute(update(indexed).where(where).values(payload=DOUBTED))
