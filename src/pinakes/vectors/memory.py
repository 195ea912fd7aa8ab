"""Vectors in this process's memory, compared one by one: always exact, and what other drivers are held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pinakes.core.bounds import check_folders, check_limit
from pinakes.core.errors import NotFound, StateUnusable
from pinakes.core.filters import And, Filter, Known, Match, Not, Or, Range, check_filter
from pinakes.core.payload import Folders, Payload, PayloadValue, Schema
from pinakes.core.types import ModelIdentity, Vector
from pinakes.vectors import bounds
from pinakes.vectors.naming import absent, collection_name
from pinakes.vectors.points import CollectionSummary, Hit, Point

#: Rows that a new collection has room for; room doubles when it is full.
FIRST_ROWS = 64


class MemoryCollection:
    """A `Collection` that lives as long as the object; vectors are the rows of one matrix."""

    def __init__(self, identity: ModelIdentity, schema: Schema) -> None:
        self.identity, self._schema = identity, schema
        self._matrix: NDArray[np.float32] = np.empty((FIRST_ROWS, identity.dimensions), np.float32)
        self._ids: list[UUID] = []
        self._payloads: list[dict[str, PayloadValue]] = []
        self._rows: dict[UUID, int] = {}
        self._lock, self._closed = RLock(), False

    def upsert(self, points: Sequence[Point]) -> None:
        """Store points."""
        checked = bounds.checked_points(points, self.identity, self._schema)
        with self._held():
            for point in checked:
                row = self._rows.get(point.id)
                row = self._appended(point.id) if row is None else row
                self._matrix[row], self._payloads[row] = point.vector, dict(point.payload)

    def set_payload(self, ids: Sequence[UUID], changes: Mapping[str, Any]) -> None:
        """Change fields of points."""
        bounds.check_number(ids)
        changed = self._schema.changes(changes)
        with self._held():
            for row in self._rows_of(ids):
                merged = {**self._payloads[row], **changed}
                self._payloads[row] = {name: value for name, value in merged.items() if value is not None}

    def delete(self, ids: Sequence[UUID]) -> None:
        """Forget points; the last row moves into each hole."""
        bounds.check_number(ids)
        with self._held():
            self._forget(ids)

    def delete_where(self, where: Filter | None, *, folders: Folders) -> None:
        """Forget the points that the filter holds for."""
        with self._held():
            self._forget([self._ids[row] for row in self._visible(folders, where)])

    def query(
        self,
        vector: Vector,
        *,
        limit: int,
        folders: Folders,
        where: Filter | None = None,
        exact: bool = False,
    ) -> list[Hit]:
        """The nearest points; exact in any case."""
        check_limit(limit)
        asked = bounds.checked_vector(vector, self.identity)
        with self._held():
            rows = np.fromiter(self._visible(folders, where), np.int64)
            scores = self._matrix[rows] @ asked
            best = np.argsort(-scores, kind="stable")[:limit]
            return [
                Hit(self._ids[row], float(score), dict(self._payloads[row]))
                for row, score in zip(rows[best].tolist(), scores[best].tolist(), strict=True)
            ]

    def retrieve(self, ids: Sequence[UUID]) -> list[Point]:
        """The points of these ids that are there."""
        bounds.check_number(ids)
        with self._held():
            return [self._point(row) for row in self._rows_of(ids)]

    def scroll(
        self, *, after: UUID | None, limit: int, folders: Folders, where: Filter | None = None
    ) -> list[Point]:
        """A page of points in the order of their ids."""
        check_limit(limit)
        with self._held():
            rows = self._visible(folders, where)
            later = [row for row in rows if after is None or self._ids[row] > after]
            return [self._point(row) for row in sorted(later, key=self._ids.__getitem__)[:limit]]

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        """How many points there are."""
        with self._held():
            return sum(1 for _ in self._visible(folders, where))

    def optimise(self) -> bool:
        """There is no index."""
        return False

    def flush(self) -> None:
        """Memory survives no loss of power."""

    def close(self) -> None:
        """Refuse every later call."""
        with self._lock:
            self._closed = True

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._lock:
            if self._closed:
                raise StateUnusable("The vector store is closed.")
            yield

    def _visible(self, folders: Folders, where: Filter | None) -> Iterator[int]:
        check_folders(folders)
        check_filter(where, self._schema)
        tenant = self._schema.tenant.name
        for row, payload in enumerate(self._payloads):
            if (folders is None or payload[tenant] in folders) and (where is None or holds(where, payload)):
                yield row

    def _rows_of(self, ids: Sequence[UUID]) -> list[int]:
        return [self._rows[key] for key in dict.fromkeys(ids) if key in self._rows]

    def _point(self, row: int) -> Point:
        return Point(self._ids[row], self._matrix[row].copy(), dict(self._payloads[row]))

    def _appended(self, key: UUID) -> int:
        row = self._rows[key] = len(self._ids)
        self._ids.append(key)
        self._payloads.append({})
        if row == len(self._matrix):
            self._matrix = np.concatenate((self._matrix, np.empty_like(self._matrix)))
        return row

    def _forget(self, ids: Sequence[UUID]) -> None:
        for key in ids:
            hole = self._rows.pop(key, None)
            if hole is None:
                continue
            last, payload = self._ids.pop(), self._payloads.pop()
            if last != key:
                self._matrix[hole] = self._matrix[len(self._ids)]
                self._ids[hole], self._payloads[hole], self._rows[last] = last, payload, hole


class MemoryVectorStore:
    """A `VectorStore` that lives as long as the object."""

    def __init__(self, schema: Schema) -> None:
        self._schema, self._collections = schema, dict[str, MemoryCollection]()
        self._lock, self._closed = RLock(), False

    def create(self, identity: ModelIdentity) -> MemoryCollection:
        """The collection for this model's embeddings, made where there is none."""
        with self._lock:
            self._check_open()
            return self._collections.setdefault(
                collection_name(identity), MemoryCollection(identity, self._schema)
            )

    def open(self, name: str) -> MemoryCollection:
        """The collection of this name."""
        with self._lock:
            self._check_open()
            if name not in self._collections:
                raise NotFound(absent(name, self._collections))
            return self._collections[name]

    def collections(self) -> list[CollectionSummary]:
        """What there is, by name."""
        with self._lock:
            self._check_open()
            return [
                CollectionSummary(name, kept.identity, kept.count(folders=None))
                for name, kept in sorted(self._collections.items())
            ]

    def drop(self, name: str) -> None:
        """Forget a collection."""
        with self._lock:
            self.open(name)
            del self._collections[name]

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._closed = True
            while self._collections:
                self._collections.popitem()[1].close()

    def _check_open(self) -> None:
        if self._closed:
            raise StateUnusable("The vector store is closed.")


def holds(condition: Filter, payload: Payload) -> bool:
    """Whether a checked condition holds for a payload: what every driver's query must agree with."""
    match condition:
        case And(conditions):
            return all(holds(inner, payload) for inner in conditions)
        case Or(conditions):
            return any(holds(inner, payload) for inner in conditions)
        case Not(inner):
            return not holds(inner, payload)
        case Known(field):
            return field in payload
        case Match(field, any_of):
            held = payload.get(field)
            return held is not None and not set(any_of).isdisjoint(
                held if isinstance(held, tuple) else (held,)
            )
        case Range(field):
            held = payload.get(field)
            return held is not None and _within(held, condition)


def _within(held: Any, asked: Range) -> bool:
    return (
        (asked.gte is None or held >= asked.gte)
        and (asked.gt is None or held > asked.gt)
        and (asked.lte is None or held <= asked.lte)
        and (asked.lt is None or held < asked.lt)
    )
