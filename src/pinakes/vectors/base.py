"""The seam to wherever vectors are kept: stores of collections, and what a collection can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from pinakes.core.filters import Filter
from pinakes.core.payload import Folders
from pinakes.core.types import ModelIdentity, Vector
from pinakes.vectors.points import CollectionSummary, Hit, Point


class Collection(Protocol):
    """Points of one model and revision, for any number of threads at once.

    A write that has returned is seen by every later read and outlives the process, however that ends. Folders
    are the permission: points of others do not exist for the question. Raises `InvalidRequest` or `TooLarge`
    for what `bounds` and `filters` refuse, `ServiceUnavailable`, `StateUnusable` where damaged or closed.
    """

    @property
    def identity(self) -> ModelIdentity:
        """Whose embeddings these are; `naming.collection_name` makes the collection's name of it."""
        ...

    def upsert(self, points: Sequence[Point]) -> None:
        """Store points, replacing those of equal id whole; repeating a call changes nothing."""
        ...

    def set_payload(self, ids: Sequence[UUID], changes: Mapping[str, Any]) -> None:
        """Change fields of points and keep the others; None takes one away, absent ids are passed over."""
        ...

    def delete(self, ids: Sequence[UUID]) -> None:
        """Forget points; forgetting what is not there is no error."""
        ...

    def delete_where(self, where: Filter | None, *, folders: Folders) -> None:
        """Forget the points of these folders that the filter holds for; None holds for all of them."""
        ...

    def query(
        self,
        vector: Vector,
        *,
        limit: int,
        folders: Folders,
        where: Filter | None = None,
        exact: bool = False,
    ) -> list[Hit]:
        """The `limit` nearest by cosine, best first; unless `exact`, an index may miss a few of them."""
        ...

    def retrieve(self, ids: Sequence[UUID]) -> list[Point]:
        """The points of these ids that are there, in any order; vectors come back bit by bit."""
        ...

    def scroll(
        self, *, after: UUID | None, limit: int, folders: Folders, where: Filter | None = None
    ) -> list[Point]:
        """A page of points with ids above `after`, in the order of their ids; empty at the end."""
        ...

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        """How many points there are, exactly."""
        ...

    def optimise(self) -> bool:
        """Bring the index up to date while reads and writes go on; minutes, or False for nothing to do."""
        ...

    def flush(self) -> None:
        """Return when all that was written would survive a loss of power."""
        ...


class VectorStore(Protocol):
    """Collections by name, one for each model and revision."""

    def create(self, identity: ModelIdentity) -> Collection:
        """The collection for this model's embeddings, made where there is none."""
        ...

    def open(self, name: str) -> Collection:
        """The collection of this name; raises `NotFound`, naming those there are."""
        ...

    def collections(self) -> list[CollectionSummary]:
        """What there is, by name."""
        ...

    def drop(self, name: str) -> None:
        """Forget a collection with all its points; raises `NotFound`."""
        ...

    def close(self) -> None:
        """End background work and release files and connections; the collections may not be used after."""
        ...
