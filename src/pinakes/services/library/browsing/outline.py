"""The outline of a review: of each group what tabs, counts and most orders look at, in columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, func, select

from pinakes.core.types import Tier
from pinakes.db.tables import groups
from pinakes.duplicates.scope import reading


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Groups in the order in which they are shown; row k of each array is of `ids[k]`.

    positions int32 (n,), tiers int8 (n,) ranks, reclaimable int64 (n,) bytes.
    """

    ids: tuple[str, ...]
    positions: NDArray[np.int32]
    tiers: NDArray[np.int8]
    reclaimable: NDArray[np.int64]


def outline_of(engine: Engine, review: str) -> Outline:
    """Load the outline of a review; some 150 bytes of memory for each group."""
    columns = (groups.c.id, groups.c.position, groups.c.tier, groups.c.reclaimable)
    query = select(*columns).where(groups.c.review == review).order_by(groups.c.position)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    ids, positions, tiers, reclaimable = zip(*rows, strict=True) if rows else ((),) * 4
    ranks = {tier.value: tier.rank for tier in Tier}
    return Outline(
        tuple(ids),
        np.array(positions, dtype=np.int32),
        np.array([ranks[tier] for tier in tiers], dtype=np.int8),
        np.array(reclaimable, dtype=np.int64),
    )


def files_of(engine: Engine, review: str) -> NDArray[np.int32]:
    """How many files each group of a review had when it was made, int32 (n,), in the order of its outline."""
    count = func.json_array_length(groups.c.body, "$.members")
    query = select(count).where(groups.c.review == review).order_by(groups.c.position)
    with reading(engine) as connection:
        return np.array(connection.scalars(query).all(), dtype=np.int32)
