"""The vectors of the shared search: a collection for each model, none of them the application's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from pinakes.core.bounds import MOST_HITS
from pinakes.core.errors import NotReady
from pinakes.core.types import ModelIdentity, Vector
from pinakes.vectors.base import Collection, VectorStore
from pinakes.vectors.bounds import MOST_POINTS, batches
from pinakes.vectors.naming import collection_name
from pinakes.vectors.points import NAMESPACE, Hit, Point

#: Begins the name of each model here: on a server that the application uses as well, its collections have the
#: plain names, and the numbers of its folders are not ours.
PREFIX = "shared-"


class Shelf:
    """Vectors by the ids of images and the tenants that may be asked; those of one model at a time."""

    def __init__(self, store: VectorStore) -> None:
        self._store = store
        self._identity: ModelIdentity | None = None
        self._collection: Collection | None = None

    def use(self, identity: ModelIdentity) -> None:
        """Ask, and store into, the collection of this model from now on; made where there is none."""
        self._collection = self._store.create(replace(identity, name=PREFIX + identity.name))
        self._identity = identity

    @property
    def identity(self) -> ModelIdentity:
        """The model in use.

        Raises:
            NotReady: it is not known yet.
        """
        if self._identity is None:
            raise NotReady("The model is still loading.")
        return self._identity

    @property
    def name(self) -> str:
        """Name of the collection in use."""
        return collection_name(self._current.identity)

    def put(self, vectors: Sequence[tuple[int, int, Vector]]) -> None:
        """Store vectors: of each the image's id, its tenant, and the vector; what was there is replaced."""
        for batch in batches(vectors, MOST_POINTS):
            self._current.upsert(
                [
                    Point(_point(image), vector, {"folder": tenant, "asset": image})
                    for image, tenant, vector in batch
                ]
            )

    def nearest(self, vector: Vector, tenants: frozenset[int], *, limit: int, but: int | None) -> list[Hit]:
        """The nearest of these tenants, best first, without the image `but`; `asset` is the image's id."""
        wanted = limit if but is None else limit + 1
        hits = self._current.query(vector, limit=min(wanted, MOST_HITS), folders=tenants)
        return [hit for hit in hits if hit.payload["asset"] != but][:limit]

    def vector_of(self, image: int) -> Vector | None:
        """The vector of an image by its id, if the model in use made one."""
        found = self._current.retrieve([_point(image)])
        return found[0].vector if found else None

    def count(self) -> int:
        """How many vectors of the model in use there are."""
        return self._current.count(folders=None)

    def clear(self, tenant: int) -> None:
        """Forget every vector of a tenant, whichever model made it."""
        for collection in self._ours():
            collection.delete_where(None, folders=frozenset({tenant}))

    def forget(self, images: Sequence[int], *, earlier: bool = False) -> None:
        """Forget the vectors of images: whichever model made them, or those of `earlier` models only."""
        for collection in self._ours() if images else ():
            if not (earlier and collection.identity == self._current.identity):
                for batch in batches([_point(image) for image in images], MOST_POINTS):
                    collection.delete(batch)

    def flush(self) -> None:
        """Return when what was written would survive a loss of power."""
        self._current.flush()

    def close(self) -> None:
        """Release the store."""
        self._store.close()

    @property
    def _current(self) -> Collection:
        if self._collection is None:
            raise NotReady("The model is still loading.")
        return self._collection

    def _ours(self) -> list[Collection]:
        names = [each.name for each in self._store.collections() if each.identity.name.startswith(PREFIX)]
        return [self._store.open(name) for name in names]


def _point(image: int) -> UUID:
    """Id of an image's point; the same for each of its contents, so that a new one replaces the old."""
    return uuid5(NAMESPACE, f"{PREFIX}{image}")
