"""A collection on a Qdrant server, which keeps its indexes up to date by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from qdrant_client import models

from pinakes.core.bounds import check_folders, check_limit
from pinakes.core.filters import Filter, check_filter
from pinakes.core.payload import Folders, Schema
from pinakes.core.types import ModelIdentity, Vector
from pinakes.vectors import bounds
from pinakes.vectors.conditions import compiled, from_qdrant, to_qdrant
from pinakes.vectors.naming import collection_name
from pinakes.vectors.points import Hit, Point
from pinakes.vectors.qdrant.dialect import Dialect, Server

#: Points in one request; 256 of 1024 dimensions are about 6 MB of JSON, and the server takes 32 MB.
BATCH = 256

#: Candidates kept while a query walks the graph; more find more and take longer.
QUERY_CANDIDATES = 256


class QdrantCollection:
    """A `Collection` on a server, which keeps its indexes up to date by itself."""

    def __init__(
        self, server: Server, identity: ModelIdentity, schema: Schema, *, oversampling: float | None
    ) -> None:
        self.identity, self._server, self._schema = identity, server, schema
        self._name, self._oversampling = collection_name(identity), oversampling

    def upsert(self, points: Sequence[Point]) -> None:
        """Store points; a kill in the middle may leave the first of them stored."""
        checked = bounds.checked_points(points, self.identity, self._schema)
        for batch in bounds.batches(checked, BATCH):
            kept = [
                models.PointStruct(
                    id=str(point.id),
                    vector=point.vector.tolist(),
                    payload=to_qdrant(self._schema, point.payload),
                )
                for point in batch
            ]
            with self._server.asked() as client:
                client.upsert(self._name, kept, wait=True)

    def set_payload(self, ids: Sequence[UUID], changes: Mapping[str, Any]) -> None:
        """Change fields of points."""
        bounds.check_number(ids)
        changed = to_qdrant(self._schema, self._schema.changes(changes))
        kept = {name: value for name, value in changed.items() if value is not None}
        for batch in bounds.batches(ids, BATCH) if changed else ():
            those = Dialect().group(must=[Dialect().ids(batch)])
            with self._server.asked() as client:
                if kept:
                    client.set_payload(self._name, kept, points=those, wait=True)
                if gone := list(changed.keys() - kept):
                    client.delete_payload(self._name, gone, points=those, wait=True)

    def delete(self, ids: Sequence[UUID]) -> None:
        """Forget points."""
        bounds.check_number(ids)
        for batch in bounds.batches(ids, BATCH):
            with self._server.asked() as client:
                client.delete(self._name, [str(key) for key in batch], wait=True)

    def delete_where(self, where: Filter | None, *, folders: Folders) -> None:
        """Forget the points that the filter holds for."""
        if self._sees_nothing(folders, where):
            return
        with self._server.asked() as client:
            asked = compiled(Dialect(), self._schema, folders, where) or Dialect().group()
            client.delete(self._name, asked, wait=True)

    def query(
        self,
        vector: Vector,
        *,
        limit: int,
        folders: Folders,
        where: Filter | None = None,
        exact: bool = False,
    ) -> list[Hit]:
        """The nearest points; asked again exactly where the index found too few."""
        check_limit(limit)
        asked = bounds.checked_vector(vector, self.identity)
        if self._sees_nothing(folders, where):
            return []
        found = self._query(asked, limit, folders, where, exact=exact)
        return (
            found if exact or len(found) == limit else self._query(asked, limit, folders, where, exact=True)
        )

    def retrieve(self, ids: Sequence[UUID]) -> list[Point]:
        """The points of these ids that are there."""
        bounds.check_number(ids)
        found: list[Point] = []
        for batch in bounds.batches(list(dict.fromkeys(ids)), BATCH):
            with self._server.asked() as client:
                found += map(
                    self._point,
                    client.retrieve(self._name, [str(key) for key in batch], with_vectors=True),
                )
        return found

    def scroll(
        self, *, after: UUID | None, limit: int, folders: Folders, where: Filter | None = None
    ) -> list[Point]:
        """A page of points in the order of their ids."""
        check_limit(limit)
        found: list[Point] = []
        while not self._sees_nothing(folders, where) and len(found) < limit:
            size = min(BATCH, limit - len(found))
            page = self._page(after, size, folders, where)
            found += page
            if len(page) < size:
                break
            after = page[-1].id
        return found

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        """How many points there are."""
        if self._sees_nothing(folders, where):
            return 0
        with self._server.asked() as client:
            asked = compiled(Dialect(), self._schema, folders, where)
            return client.count(self._name, asked, exact=True).count

    def optimise(self) -> bool:
        """The server does so by itself."""
        return False

    def flush(self) -> None:
        """The server logs each write before it answers."""

    def _query(
        self, vector: Vector, limit: int, folders: Folders, where: Filter | None, *, exact: bool
    ) -> list[Hit]:
        rescored = models.QuantizationSearchParams(
            ignore=exact, rescore=True, oversampling=self._oversampling
        )
        params = models.SearchParams(
            hnsw_ef=max(QUERY_CANDIDATES, limit),
            exact=exact,
            quantization=rescored if self._oversampling else None,
        )
        with self._server.asked() as client:
            answer = client.query_points(
                self._name,
                vector.tolist(),
                query_filter=compiled(Dialect(), self._schema, folders, where),
                limit=limit,
                search_params=params,
            )
        return [
            Hit(UUID(str(hit.id)), hit.score, from_qdrant(self._schema, hit.payload)) for hit in answer.points
        ]

    def _page(self, after: UUID | None, size: int, folders: Folders, where: Filter | None) -> list[Point]:
        with self._server.asked() as client:
            records, _ = client.scroll(
                self._name,
                compiled(Dialect(), self._schema, folders, where),
                limit=size + 1,
                offset=None if after is None else str(after),
                with_vectors=True,
            )
        return [point for point in map(self._point, records) if point.id != after][:size]

    def _point(self, record: Any) -> Point:
        vector = np.asarray(record.vector, dtype=np.float32)
        return Point(UUID(str(record.id)), vector, from_qdrant(self._schema, record.payload))

    def _sees_nothing(self, folders: Folders, where: Filter | None) -> bool:
        check_folders(folders)
        check_filter(where, self._schema)
        return folders is not None and not folders
