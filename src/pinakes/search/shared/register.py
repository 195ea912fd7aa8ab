"""Which indexes and images there are, in a database of the service's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    bindparam,
    delete,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from pinakes.search.shared.tables import embeddings, images, indexes, leaving
from pinakes.search.shared.types import Place

#: Values in one condition; SQLite takes few times more.
PORTION = 4000


@dataclass(frozen=True, slots=True)
class Kept:
    """An image as the register knows it; no `path` and `sha256` where only its vector was taken over."""

    id: int
    image: int
    path: str | None
    sha256: str | None
    collection: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """An image whose vector a collection has acknowledged, and what the vector was made of."""

    id: int
    collection: str
    path: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """An image, where its vector should be, and the bytes of that (float32), if it was embedded here."""

    id: int
    tenant: int
    path: str
    collection: str | None
    vector: bytes | None


_UNUSED = ~select(images.c.id).where(images.c.sha256 == embeddings.c.sha256).exists()

_SETTLE = (
    update(images)
    .where(images.c.id == bindparam("this"))
    .values(path=bindparam("from"), sha256=bindparam("content"), collection=bindparam("into"))
)


class Register:
    """Indexes by place, their images by number; any number of threads may read and write."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def create(self, place: Place) -> tuple[int, bool]:
        """The tenant of an index, made where there is none, and whether it was made now."""
        values = {"caller": place.caller, "owner": place.owner, "folder": place.folder}
        with self.engine.begin() as connection:
            made = connection.execute(insert(indexes).values(values).on_conflict_do_nothing()).rowcount > 0
            return connection.execute(_tenant_of(place)).scalar_one(), made

    def tenant(self, place: Place) -> int | None:
        """The tenant of an index, if there is one."""
        with self._reading() as connection:
            found: int | None = connection.scalar(_tenant_of(place))
            return found

    def tenants(self, caller: str, owners: Mapping[int, int]) -> dict[int, int]:
        """Tenants by folder, for those of `owners` (owner by folder) whose index belongs to that owner."""
        found: dict[int, int] = {}
        pairs = list(owners.items())
        with self._reading() as connection:
            for start in range(0, len(pairs), PORTION):
                wanted = tuple_(indexes.c.folder, indexes.c.owner).in_(pairs[start : start + PORTION])
                query = select(indexes.c.folder, indexes.c.tenant).where(indexes.c.caller == caller, wanted)
                found |= {row.folder: row.tenant for row in connection.execute(query)}
        return found

    def forget(self, place: Place) -> tuple[int, list[int]] | None:
        """Forget an index and its images: its tenant, left to be cleared, and their ids; None for none."""
        with self.engine.begin() as connection:
            tenant = connection.scalar(_tenant_of(place))
            if tenant is None:
                return None
            ids = list(connection.scalars(select(images.c.id).where(images.c.tenant == tenant)))
            connection.execute(insert(leaving).values(tenant=tenant))
            _forget_images(connection, tenant, None)
            connection.execute(delete(indexes).where(indexes.c.tenant == tenant))
            return tenant, ids

    def leaving(self) -> list[int]:
        """Tenants whose vectors may still be there."""
        with self._reading() as connection:
            return list(connection.scalars(select(leaving.c.tenant)))

    def forget_unused(self) -> None:
        """Forget the embeddings of contents that no image has, such as a kill leaves; reads all of them."""
        with self.engine.begin() as connection:
            connection.execute(delete(embeddings).where(_UNUSED))

    def left(self, tenant: int) -> None:
        """Note that nothing of a tenant is left."""
        with self.engine.begin() as connection:
            connection.execute(delete(leaving).where(leaving.c.tenant == tenant))

    def named(self, tenant: int, paths: Mapping[int, str | None]) -> dict[int, Kept]:
        """Images by their numbers, rows made for those that had none; nothing where the index is gone."""
        rows = [{"tenant": tenant, "image": number, "path": path} for number, path in paths.items()]
        with self.engine.begin() as connection:
            if connection.scalar(select(indexes.c.tenant).where(indexes.c.tenant == tenant)) is None:
                return {}
            if rows:
                connection.execute(insert(images).on_conflict_do_nothing(), rows)
            return _kept(connection, tenant, list(paths))

    def kept(self, tenant: int, numbers: Sequence[int]) -> dict[int, Kept]:
        """Images by their numbers, of those that there are."""
        with self._reading() as connection:
            return _kept(connection, tenant, numbers)

    def holding(self, tenants: Sequence[int], number: int) -> dict[int, int]:
        """Ids of the images of this number, by the tenants that have one."""
        query = select(images.c.tenant, images.c.id).where(images.c.image == number)
        found: dict[int, int] = {}
        with self._reading() as connection:
            for start in range(0, len(tenants), PORTION):
                rows = connection.execute(query.where(images.c.tenant.in_(tenants[start : start + PORTION])))
                found |= {row.tenant: row.id for row in rows}
        return found

    def settle(self, rows: Sequence[Settled]) -> None:
        """Note that a collection acknowledged images."""
        told = [
            {"this": row.id, "from": row.path, "content": row.sha256, "into": row.collection} for row in rows
        ]
        if told:
            with self.engine.begin() as connection:
                before = _contents(connection, images.c.id.in_([row.id for row in rows]))
                connection.execute(_SETTLE, told)
                _forget_unused(connection, before)

    def forget_images(self, tenant: int, numbers: Sequence[int]) -> list[int]:
        """Forget images of an index; the ids that they had."""
        with self.engine.begin() as connection:
            there = _kept(connection, tenant, numbers)
            _forget_images(connection, tenant, sorted(there))
            return [each.id for each in there.values()]

    def places_of(self, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Tenant and number of images by their ids, of those that there are."""
        query = select(images.c.id, images.c.tenant, images.c.image)
        found: dict[int, tuple[int, int]] = {}
        with self._reading() as connection:
            for start in range(0, len(ids), PORTION):
                rows = connection.execute(query.where(images.c.id.in_(ids[start : start + PORTION])))
                found |= {row.id: (row.tenant, row.image) for row in rows}
        return found

    def outdated(self, tenant: int, collection: str, *, after: int, limit: int) -> list[Kept]:
        """Images of an index that another collection than this holds, or none, by their ids above `after`."""
        query = (
            _columns()
            .where(images.c.tenant == tenant, images.c.id > after)
            .where(images.c.collection.is_distinct_from(collection))
            .order_by(images.c.id)
            .limit(limit)
        )
        with self._reading() as connection:
            return [Kept(*row) for row in connection.execute(query)]

    def collections(self) -> list[str]:
        """Names of the collections that hold an image; reads an index of all images."""
        query = select(images.c.collection).where(images.c.collection.is_not(None)).distinct()
        with self._reading() as connection:
            return [name for name in connection.scalars(query) if name is not None]

    def count(self, tenants: Sequence[int], collections: Sequence[str]) -> int:
        """How many images of these indexes are in these collections."""
        query = select(func.count()).select_from(images).where(images.c.collection.in_(collections))
        portions = (tenants[start : start + PORTION] for start in range(0, len(tenants), PORTION))
        with self._reading() as connection:
            return sum(connection.scalar(query.where(images.c.tenant.in_(some))) or 0 for some in portions)

    def count_in(self, collection: str | None) -> int:
        """How many images that have files are in this collection, in any for None."""
        query = select(func.count()).select_from(images).where(images.c.sha256.is_not(None))
        if collection is not None:
            query = query.where(images.c.collection == collection)
        with self._reading() as connection:
            return connection.scalar(query) or 0

    def contents(self, model: str, *, after: int, limit: int) -> list[Stored]:
        """Images that have files, by their ids above `after`, with the vectors that a model gave them."""
        same = (embeddings.c.sha256 == images.c.sha256) & (embeddings.c.model == model)
        query = (
            select(images.c.id, images.c.tenant, images.c.path, images.c.collection, embeddings.c.vector)
            .outerjoin_from(images, embeddings, same)
            .where(images.c.id > after, images.c.sha256.is_not(None))
            .order_by(images.c.id)
            .limit(limit)
        )
        with self._reading() as connection:
            return [Stored(*row) for row in connection.execute(query)]

    def _reading(self) -> Connection:
        return self.engine.execution_options(readonly=True).connect()


def _tenant_of(place: Place) -> Any:
    return select(indexes.c.tenant).where(
        indexes.c.caller == place.caller,
        indexes.c.owner == place.owner,
        indexes.c.folder == place.folder,
    )


def _columns() -> Any:
    return select(images.c.id, images.c.image, images.c.path, images.c.sha256, images.c.collection)


def _kept(connection: Connection, tenant: int, numbers: Sequence[int]) -> dict[int, Kept]:
    found: dict[int, Kept] = {}
    for start in range(0, len(numbers), PORTION):
        portion = images.c.image.in_(numbers[start : start + PORTION])
        rows = connection.execute(_columns().where(images.c.tenant == tenant, portion))
        found |= {row.image: Kept(*row) for row in rows}
    return found


def _forget_images(connection: Connection, tenant: int, numbers: Sequence[int] | None) -> None:
    """Forget images, all of the tenant's for None, and the embeddings that only they needed."""
    these = images.c.tenant == tenant
    if numbers is not None:
        these &= images.c.image.in_(numbers)
    contents = _contents(connection, these)
    connection.execute(delete(images).where(these))
    _forget_unused(connection, contents)


def _contents(connection: Connection, these: ColumnElement[bool]) -> list[str]:
    """What some images show, by SHA-256."""
    query = select(images.c.sha256).where(these, images.c.sha256.is_not(None)).distinct()
    return [sha256 for sha256 in connection.scalars(query) if sha256 is not None]


def _forget_unused(connection: Connection, contents: Sequence[str]) -> None:
    """Forget the embeddings of those of these contents that no image has."""
    for start in range(0, len(contents), PORTION):
        gone = embeddings.c.sha256.in_(contents[start : start + PORTION])
        connection.execute(delete(embeddings).where(gone, _UNUSED))
