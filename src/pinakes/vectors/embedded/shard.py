"""One shard of Qdrant Edge, spoken to in our words; nothing else imports the library."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import qdrant_edge as edge

from pinakes.core.errors import DiskFull, StateUnusable
from pinakes.core.payload import Field, Kind, PayloadValue, Schema
from pinakes.core.types import Vector
from pinakes.vectors.bounds import batches
from pinakes.vectors.conditions import from_qdrant, to_qdrant
from pinakes.vectors.points import Hit, Point

#: Edges of a point in the graph, of all points and of each folder's, and candidates while it is built.
EDGES, CANDIDATES = 16, 128

#: Candidates kept while a query walks the graph; more find more and take longer.
QUERY_CANDIDATES = 256

#: Points under a condition that are compared one by one instead: always so few, and up to so many where they
#: are less than this share of all. Among 5 % of a million the graph alone finds .38 of the ten nearest
#: (benchmarks/search_scale).
FEW, MANY, SMALL_SHARE = 20_000, 150_000, 0.25

#: Points in one operation of the engine, which holds the interpreter for as long as one takes.
BATCH = 500

#: Room that must be left on the disk, bytes: the engine maps files, and a full disk would end the process.
SPARE = 256 * 2**20

#: Room that opening takes at most, bytes: two segments of the engine's log.
OPENING = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Build:
    """How a shard keeps its vectors.

    `index_from` is the number of points from which a part of the shard gets a graph; `int8` keeps a copy of
    the vectors in 8 bits, which queries look at first, taking `oversampling` times the limit to rescore.
    """

    dimensions: int
    index_from: int
    int8: bool
    oversampling: float


class Dialect:
    """Conditions as Qdrant Edge makes them."""

    def group(
        self, *, must: Sequence[Any] = (), should: Sequence[Any] = (), must_not: Sequence[Any] = ()
    ) -> Any:
        """A filter."""
        return edge.Filter(
            must=list(must) or None, should=list(should) or None, must_not=list(must_not) or None
        )

    def any_of(self, field: str, values: list[Any]) -> Any:
        """The field holds one of the values."""
        return edge.FieldCondition(field, match=edge.MatchAny(values))

    def between(self, field: str, bounds: dict[str, float]) -> Any:
        """The field's number lies within the bounds."""
        return edge.FieldCondition(field, range=edge.RangeFloat(**bounds))

    def empty(self, field: str) -> Any:
        """The field is absent."""
        return edge.IsEmptyCondition(field)

    def ids(self, ids: Iterable[UUID]) -> Any:
        """The point is one of these."""
        return edge.HasIdCondition(set(ids))


class Shard:
    """A directory of Qdrant Edge that is open in this process, and in no other.

    A write that has returned survives the end of the process (the engine logs it first); after `flush` it
    survives a loss of power too. Every call holds the interpreter, so that none may be long.

    Raises:
        DiskFull: there is too little room to open it, or for what is to be written.
        StateUnusable: the directory cannot be opened, is damaged, or the shard is closed.
    """

    def __init__(self, directory: Path, build: Build, schema: Schema, *, new: bool = False) -> None:
        self.directory, self._build, self._schema = directory, build, schema
        _check_room(directory.parent, SPARE if new else OPENING)
        with self._speaking():
            if new:
                directory.mkdir()
                self._shard: edge.EdgeShard = edge.EdgeShard.create(str(directory), _config(build))
            else:
                self._shard = edge.EdgeShard.load(str(directory), _config(build))
            self._index_fields()

    def upsert(self, points: Sequence[Point]) -> None:
        """Store points; a kill in the middle may leave the first of them stored.

        Raises:
            DiskFull: there is too little room left to go on safely.
        """
        for batch in batches(points, BATCH):
            self.check_room()
            kept = [edge.Point(p.id, p.vector.tolist(), to_qdrant(self._schema, p.payload)) for p in batch]
            with self._speaking():
                self._shard.update(edge.UpdateOperation.upsert_points(kept))

    def set_payload(self, ids: Sequence[UUID], changes: dict[str, PayloadValue | None]) -> None:
        """Change fields of those points that are there."""
        payload = to_qdrant(self._schema, changes)
        for batch in batches(ids, BATCH):
            self.check_room()
            those = Dialect().group(must=[Dialect().ids(batch)])
            with self._speaking():
                self._shard.update(edge.UpdateOperation.set_payload_by_filter(those, payload))

    def delete(self, ids: Sequence[UUID]) -> None:
        """Forget points."""
        for batch in batches(ids, BATCH):
            with self._speaking():
                self._shard.update(edge.UpdateOperation.delete_points(list(batch)))

    def query(self, vector: Vector, limit: int, where: Any, *, exact: bool) -> list[Hit]:
        """The nearest points that the compiled filter holds for."""
        asked = edge.QueryRequest(
            limit=limit,
            query=edge.Query.Nearest(vector.tolist()),
            filter=where,
            with_payload=True,
            params=self._search(limit, exact=exact or self._are_few(where), conditional=where is not None),
        )
        with self._speaking():
            found = self._shard.query(asked)
        return [Hit(_uuid(hit.id), hit.score, from_qdrant(self._schema, hit.payload)) for hit in found]

    def retrieve(self, ids: Sequence[UUID]) -> list[Point]:
        """The points of these ids that are there."""
        found: list[Point] = []
        for batch in batches(list(dict.fromkeys(ids)), BATCH):
            with self._speaking():
                records = self._shard.retrieve(list(batch), with_payload=True, with_vector=True)
            found += [self._point(record) for record in records]
        return found

    def scroll(self, after: UUID | None, limit: int, where: Any) -> list[Point]:
        """A page of points in the order of their ids."""
        found: list[Point] = []
        while len(found) < limit:
            size = min(BATCH, limit - len(found))
            page = self._page(after, size, where, whole=True)
            found += [self._point(record) for record in page]
            if len(page) < size:
                break
            after = found[-1].id
        return found

    def ids(self, where: Any) -> Iterator[list[UUID]]:
        """Ids of the points that the compiled filter holds for, page by page."""
        after: UUID | None = None
        while page := [_uuid(record.id) for record in self._page(after, BATCH, where, whole=False)]:
            yield page
            after = page[-1]

    def count(self, where: Any) -> int:
        """How many points the compiled filter holds for."""
        with self._speaking():
            return self._shard.count(edge.CountRequest(exact=True, filter=where))

    @property
    def sizes(self) -> tuple[int, int]:
        """About how many points there are, and how many of them a query compares with one by one."""
        with self._speaking():
            known = self._shard.info()
        return known.points_count, max(0, known.points_count - known.indexed_vectors_count)

    def optimise(self) -> bool:
        """Build what indexes are missing; holds the interpreter all the while, minutes for a large shard."""
        with self._speaking():
            return self._shard.optimize()

    def flush(self) -> None:
        """Write everything to the disk."""
        with self._speaking():
            self._shard.flush()

    def close(self) -> None:
        """Write everything to the disk and let the directory go."""
        with self._speaking():
            self._shard.close()

    def check_room(self, needed: int = 0) -> None:
        """Refuse to go on with `DiskFull` where `needed` bytes would leave too few on the disk."""
        _check_room(self.directory, needed + SPARE)

    def _index_fields(self) -> None:
        """Declare an index for each field of the schema that has none, the tenant's first."""
        there = self._shard.info().payload_schema
        for field in self._schema.by_name.values():
            if field.name not in there:
                params = _index(field, tenant=field == self._schema.tenant)
                self._shard.update(edge.UpdateOperation.create_field_index(field.name, params))

    def _page(self, after: UUID | None, size: int, where: Any, *, whole: bool) -> list[edge.Record]:
        asked = edge.ScrollRequest(
            offset=after, limit=size + 1, filter=where, with_payload=whole, with_vector=whole
        )
        with self._speaking():
            records, _ = self._shard.scroll(asked)
        return [record for record in records if after is None or _uuid(record.id) != after][:size]

    def _are_few(self, where: Any) -> bool:
        """Whether a graph would lose the points under a condition, by the engine's estimate of how many."""
        if where is None:
            return False
        with self._speaking():
            about = self._shard.count(edge.CountRequest(exact=False, filter=where))
            return about <= FEW or (about <= MANY and about < SMALL_SHARE * self._shard.info().points_count)

    def _search(self, limit: int, *, exact: bool, conditional: bool) -> Any:
        rescored = edge.QuantizationSearchParams(
            ignore=exact, rescore=True, oversampling=self._build.oversampling
        )
        return edge.SearchParams(
            hnsw_ef=max(QUERY_CANDIDATES, limit),
            exact=exact,
            quantization=rescored if self._build.int8 else None,
            # ACORN walks on through points that the condition leaves out, so that it does not fall apart.
            acorn=edge.AcornSearchParams(enable=True, max_selectivity=1.0) if conditional else None,
        )

    def _point(self, record: edge.Record) -> Point:
        vector = np.asarray(record.vector, dtype=np.float32)
        return Point(_uuid(record.id), vector, from_qdrant(self._schema, record.payload))

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """The engine raises bare exceptions, and none of them is the caller's fault after our checks."""
        try:
            yield
        except Exception as error:
            raise StateUnusable(
                f"The vectors in {self.directory} cannot be used: {error}.",
                remedy="`pinakes vectors check` says more; `pinakes vectors restore` brings a snapshot back.",
            ) from error


def _check_room(directory: Path, needed: int) -> None:
    if shutil.disk_usage(directory).free < needed:
        raise DiskFull(
            f"The disk of {directory} has too little room left for vectors.",
            remedy=f"Free {needed // 2**20:,} MB there; what was stored is safe.",
        )


def _config(build: Build) -> edge.EdgeConfig:
    int8 = edge.ScalarQuantizationConfig(type=edge.ScalarType.Int8, quantile=0.99, memory=edge.Memory.Pinned)
    return edge.EdgeConfig(
        vectors=edge.EdgeVectorParams(size=build.dimensions, distance=edge.Distance.Dot),
        hnsw_config=edge.HnswIndexConfig(
            m=EDGES, payload_m=EDGES, ef_construct=CANDIDATES, full_scan_threshold=_kilobytes(build)
        ),
        quantization_config=int8 if build.int8 else None,
        optimizers=edge.EdgeOptimizersConfig(indexing_threshold=_kilobytes(build)),
    )


def _kilobytes(build: Build) -> int:
    """The engine counts its thresholds in kilobytes of float32 vectors."""
    return max(1, build.index_from * build.dimensions * 4 // 1024)


def _index(field: Field, *, tenant: bool) -> Any:
    if tenant:
        return edge.KeywordIndexParams(is_tenant=True)
    if field.kind is Kind.INTEGER:
        return edge.IntegerIndexParams(lookup=True, range=True, enable_hnsw=False)
    if field.kind is Kind.NUMBER:
        return edge.FloatIndexParams(enable_hnsw=False)
    return edge.KeywordIndexParams(enable_hnsw=False)


def _uuid(key: Any) -> UUID:
    return key if isinstance(key, UUID) else UUID(str(key))
