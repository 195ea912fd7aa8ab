"""How many of the library's pictures a collection holds, and how many it still lacks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, and_, func, select

from pinakes.core.types import ModelIdentity
from pinakes.db.tables import assets, failures, indexed
from pinakes.vectors.naming import collection_name

#: A picture that was stored and is there.
_PRESENT = (assets.c.outcome == "stored") & ~assets.c.missing


@dataclass(frozen=True, slots=True)
class Census:
    """Of `assets` that are there, how many are in a collection, and how many its model refused."""

    assets: int
    indexed: int
    refused: int

    @property
    def lacking(self) -> int:
        """How many are still to be embedded."""
        return max(0, self.assets - self.indexed - self.refused)


def census(engine: Engine, identity: ModelIdentity) -> Census:
    """Count what the collection of a model holds."""
    with engine.execution_options(readonly=True).connect() as connection:
        return Census(
            connection.scalar(select(func.count()).select_from(assets).where(_PRESENT)) or 0,
            _indexed(connection, collection_name(identity)),
            _refused(connection, identity),
        )


def _indexed(connection: Connection, name: str) -> int:
    """Present assets that are in the index with the content they have now."""
    here = and_(indexed.c.index == name, indexed.c.asset == assets.c.id, indexed.c.sha256 == assets.c.sha256)
    query = select(func.count()).select_from(assets.join(indexed, here)).where(_PRESENT)
    return connection.scalar(query) or 0


def _refused(connection: Connection, identity: ModelIdentity) -> int:
    """Present assets whose content the model refused, and that are in no index of it."""
    told = and_(
        failures.c.sha256 == assets.c.sha256, failures.c.step == "embed", failures.c.model == identity.key
    )
    there = select(indexed.c.asset).where(
        indexed.c.index == collection_name(identity), indexed.c.asset == assets.c.id
    )
    query = select(func.count()).select_from(assets.join(failures, told)).where(_PRESENT, ~there.exists())
    return connection.scalar(query) or 0
