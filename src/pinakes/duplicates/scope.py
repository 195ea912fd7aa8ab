"""What a search for duplicates looks at: the pictures of some folders that are there now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, and_, func, select

from pinakes.core.types import Row
from pinakes.db.paths import below
from pinakes.db.tables import assets, contents
from pinakes.duplicates.types import Asset
from pinakes.images.perceptual import HASH_BYTES

#: What an `Asset` is made of.
_ASSET = (
    *assets.c,
    contents.c.width,
    contents.c.height,
    contents.c.format,
    contents.c.taken_at,
    contents.c.metadata_fields,
    contents.c.metadata,
)

#: What rows are looked up by.
Name = TypeVar("Name", str, int)

#: Names in one `in (…)`, below SQLite's limit on variables.
_NAMES = 500


@dataclass(frozen=True, slots=True)
class Contents:
    """The distinct contents of a scope, ascending by SHA-256; row k of every array is `sha256s[k]`.

    `hashes` is uint8 (n, 32), `quality`, `widths`, `heights` and `copies` (assets of each) are int64 (n,).
    """

    sha256s: tuple[str, ...]
    hashes: NDArray[np.uint8]
    quality: NDArray[np.int64]
    widths: NDArray[np.int64]
    heights: NDArray[np.int64]
    copies: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.sha256s)


def present_below(folders: Iterable[str]) -> Any:
    """Condition on `assets`: stored, there at the last scan, and below one of the absolute `folders`."""
    return and_(below(folders), ~assets.c.missing, assets.c.outcome == "stored")


def load_contents(engine: Engine, folders: Sequence[str]) -> Contents:
    """Load what the tiers compare; some 250 bytes of memory for each distinct content."""
    query = (
        select(
            contents.c.sha256,
            contents.c.perceptual_hash,
            contents.c.hash_quality,
            contents.c.width,
            contents.c.height,
            func.count(),
        )
        .join(assets, assets.c.sha256 == contents.c.sha256)
        .where(present_below(folders))
        .group_by(contents.c.sha256)
        .order_by(contents.c.sha256)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    numbers = np.array([row[2:] for row in rows], dtype=np.int64).reshape(len(rows), 4)
    hashes = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.uint8).reshape(len(rows), HASH_BYTES)
    return Contents(tuple(row[0] for row in rows), hashes, *numbers.T)


def load_assets(engine: Engine, folders: Sequence[str], sha256s: Iterable[str]) -> dict[str, list[Asset]]:
    """Load the assets of some contents, each list in the order of paths."""
    found: dict[str, list[Asset]] = defaultdict(list)
    with reading(engine) as connection:
        for names in portions(sorted(set(sha256s))):
            query = (
                select(*_ASSET)
                .join(contents, assets.c.sha256 == contents.c.sha256)
                .where(present_below(folders), assets.c.sha256.in_(names))
                .order_by(assets.c.path)
            )
            for row in connection.execute(query).mappings():
                found[row["sha256"]].append(_asset(dict(row)))
    return found


def assets_at(engine: Engine, paths: Iterable[str]) -> dict[str, Asset]:
    """Load the stored assets at some paths that are there now."""
    return _assets_by(engine, "path", paths)


def assets_of(engine: Engine, ids: Iterable[int]) -> dict[int, Asset]:
    """Load the stored assets of some ids that are there now."""
    return _assets_by(engine, "id", ids)


def _assets_by(engine: Engine, column: str, values: Iterable[Any]) -> dict[Any, Asset]:
    found: dict[Any, Asset] = {}
    with reading(engine) as connection:
        for portion in portions(sorted(set(values))):
            query = (
                select(*_ASSET)
                .join(contents, assets.c.sha256 == contents.c.sha256)
                .where(assets.c[column].in_(portion), ~assets.c.missing)
            )
            found.update({row[column]: _asset(dict(row)) for row in connection.execute(query).mappings()})
    return found


def reading(engine: Engine) -> Connection:
    """A connection that only reads, and so waits for nobody."""
    return engine.execution_options(readonly=True).connect()


def portions(names: Sequence[Name]) -> Iterator[Sequence[Name]]:
    """The names in runs that fit one `in (…)`."""
    return (names[start : start + _NAMES] for start in range(0, len(names), _NAMES))


def _asset(row: Row) -> Asset:
    return Asset(
        path=row["path"],
        folder=row["folder"],
        sha256=row["sha256"],
        bytes=row["bytes"],
        width=row["width"],
        height=row["height"],
        format=row["format"],
        mtime_ns=row["mtime_ns"],
        inode=row["inode"],
        device=row["device"],
        taken_at=row["taken_at"],
        metadata_fields=row["metadata_fields"],
        camera=row["metadata"].get("camera", ""),
        empty_share=row["metadata"].get("empty_share", 0.0),
    )
