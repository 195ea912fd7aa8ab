"""What a page shows of some pictures of a map: few enough to be asked for as a person moves over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from pinakes.core.errors import InvalidRequest
from pinakes.db.tables import assets, contents
from pinakes.services.opened import Library

#: Most pictures that are asked for at once.
MOST = 200


def numbers_of(text: str) -> list[int]:
    """The assets of a list such as `3,17,21`.

    Raises:
        InvalidRequest: it is none, or longer than `MOST`.
    """
    parts = text.split(",")
    if len(parts) > MOST:
        raise InvalidRequest(f"{len(parts):,} pictures are asked for, and {MOST} is the most at once.")
    if not all(part.isascii() and part.isdigit() and len(part) < 17 for part in parts):
        raise InvalidRequest("`assets` is no list of numbers.", remedy="Write it as 3,17,21.")
    return [int(part) for part in parts]


def pictures(library: Library, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """What is known of these pictures, in the order asked for; those that are gone are left out."""
    columns = (assets.c.id, assets.c.sha256, assets.c.path, contents.c.taken_at)
    query = (
        select(*columns, contents.c.width, contents.c.height)
        .join(contents, contents.c.sha256 == assets.c.sha256)
        .where(assets.c.id.in_(numbers), ~assets.c.missing)
    )
    with library.reading() as connection:
        rows = {row.id: row for row in connection.execute(query)}
    return [
        {
            "asset": row.id,
            "sha256": row.sha256,
            "path": row.path,
            "taken_at": row.taken_at,
            "ratio": round(row.width / row.height, 4),
        }
        for row in (rows[number] for number in dict.fromkeys(numbers) if number in rows)
    ]
