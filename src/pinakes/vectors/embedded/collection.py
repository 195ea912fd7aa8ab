"""A collection of Qdrant Edge: one shard in use, rebuilt as a copy beside it while it is read and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, RLock, Thread
from typing import Any
from uuid import UUID

import structlog

from pinakes.core.bounds import check_folders, check_limit
from pinakes.core.errors import PinakesError, StateUnusable
from pinakes.core.filters import Filter, check_filter
from pinakes.core.payload import Folders, Schema
from pinakes.core.types import ModelIdentity, Vector
from pinakes.vectors import bounds
from pinakes.vectors.conditions import compiled
from pinakes.vectors.embedded.generations import Generations
from pinakes.vectors.embedded.optimising import Optimisation
from pinakes.vectors.embedded.shard import BATCH, Build, Dialect, Shard
from pinakes.vectors.points import Hit, Point

#: Points written between two flushes; bounds what the engine's log takes on the disk and at the next start.
FLUSH_EVERY = 20_000

#: Share of the points that may lack an index before it is rebuilt in the background.
UNINDEXED_SHARE = 0.1

#: Points changed during a rebuild that are carried over while writes wait; more are carried over before.
LAST_CHANGES = 2 * BATCH

#: Rounds of carrying over before writes wait in any case.
ROUNDS = 20

_log = structlog.get_logger(__name__)


class EmbeddedCollection:
    """A `Collection` in a directory that this process alone has open.

    `optimise` lets a process of its own rebuild a copy of the shard, carries over what changed meanwhile,
    and puts the copy into use in one step; a kill at any moment leaves the old shard or the new one.
    """

    def __init__(
        self,
        identity: ModelIdentity,
        generations: Generations,
        shard: Shard,
        *,
        build: Build,
        schema: Schema,
        rebuild_seconds: float,
        background: bool,
    ) -> None:
        self.identity, self._schema = identity, schema
        self._generations, self._build, self._shard = generations, build, shard
        self._seconds, self._background = rebuild_seconds, background
        self._writing, self._rebuilding = RLock(), Lock()
        self._changed: set[UUID] | None = None
        self._unflushed, self._left_unindexed = 0, 0
        self._optimisation: Optimisation | None = None
        self._thread: Thread | None = None
        self._closed = False

    def upsert(self, points: Sequence[Point]) -> None:
        """Store points."""
        checked = bounds.checked_points(points, self.identity, self._schema)
        with self._write([point.id for point in checked]) as shard:
            shard.upsert(checked)
        if self._background:
            self._rebuild_where_due()

    def set_payload(self, ids: Sequence[UUID], changes: Mapping[str, Any]) -> None:
        """Change fields of points."""
        bounds.check_number(ids)
        changed = self._schema.changes(changes)
        if changed:
            with self._write(ids) as shard:
                shard.set_payload(ids, changed)

    def delete(self, ids: Sequence[UUID]) -> None:
        """Forget points."""
        bounds.check_number(ids)
        with self._write(ids) as shard:
            shard.delete(ids)

    def delete_where(self, where: Filter | None, *, folders: Folders) -> None:
        """Forget the points that the filter holds for."""
        if self._sees_nothing(folders, where):
            return
        with self._writing:
            for page in self._open().ids(self._compiled(folders, where)):
                self.delete(page)

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
        shard, condition = self._open(), self._compiled(folders, where)
        found = shard.query(asked, limit, condition, exact=exact)
        return found if exact or len(found) == limit else shard.query(asked, limit, condition, exact=True)

    def retrieve(self, ids: Sequence[UUID]) -> list[Point]:
        """The points of these ids that are there."""
        bounds.check_number(ids)
        return self._open().retrieve(ids)

    def scroll(
        self, *, after: UUID | None, limit: int, folders: Folders, where: Filter | None = None
    ) -> list[Point]:
        """A page of points in the order of their ids."""
        check_limit(limit)
        if self._sees_nothing(folders, where):
            return []
        return self._open().scroll(after, limit, self._compiled(folders, where))

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        """How many points there are."""
        if self._sees_nothing(folders, where):
            return 0
        return self._open().count(self._compiled(folders, where))

    def optimise(self) -> bool:
        """Rebuild the index; waits for a rebuild that is under way, and then sees whether more is to do."""
        with self._rebuilding:
            return self._rebuild()

    def flush(self) -> None:
        """Write everything to the disk."""
        with self._writing:
            self._open().flush()
            self._unflushed = 0

    def close(self) -> None:
        """End a rebuild, write everything to the disk, and let the directory go."""
        with self._writing:
            if self._closed:
                return
            self._closed = True
            if self._optimisation is not None:
                self._optimisation.stop()
        if self._thread is not None:
            self._thread.join()
        with self._rebuilding, self._writing:
            self._shard.close()

    def _rebuild_where_due(self) -> None:
        """Start a rebuild in the background when enough points lack an index, and none is under way."""
        points, unindexed = self._open().sizes
        if unindexed - self._left_unindexed < max(self._build.index_from, UNINDEXED_SHARE * points):
            return
        with self._writing:
            if not self._closed and (self._thread is None or not self._thread.is_alive()):
                self._thread = Thread(target=self._rebuild_behind, name="vectors-rebuild", daemon=True)
                self._thread.start()

    def _rebuild_behind(self) -> None:
        try:
            self.optimise()
        except PinakesError as error:
            with self._writing:
                closed = self._closed
                self._left_unindexed = 0 if closed else self._shard.sizes[1]
            if not closed:
                _log.warning("vectors.rebuild_failed", collection=self.identity.key, reason=error.sentence)

    def _rebuild(self) -> bool:
        copy = self._copied()
        try:
            done = self._optimised(copy)
            if done:
                self._take(Shard(copy, self._build, self._schema))
            else:
                _, self._left_unindexed = self._open().sizes
        finally:
            with self._writing:
                self._changed = None
            if self._generations.current != copy:
                self._generations.remove(copy)
        return done

    def _copied(self) -> Path:
        """A copy of the shard; from here on, what changes is remembered."""
        with self._writing:
            shard = self._open()
            self.flush()
            shard.check_room(2 * self._generations.size)
            copy = self._generations.copy()
            self._changed = set()
            return copy

    def _optimised(self, copy: Path) -> bool:
        """Have the copy rebuilt; False where there was nothing to do."""
        with self._writing:
            self._open()
            self._optimisation = optimisation = Optimisation(copy, self._build, self._schema)
        try:
            return optimisation.wait(self._seconds)
        finally:
            self._optimisation = None

    def _take(self, rebuilt: Shard) -> None:
        """Carry over what changed, and put the rebuilt shard into use."""
        for _ in range(ROUNDS):
            if len(self._changed or ()) <= LAST_CHANGES:
                break
            with self._writing:
                changed, self._changed = self._changed or set(), set()
            self._carry_over(changed, rebuilt)
        with self._writing:
            self._carry_over(self._changed or set(), rebuilt)
            rebuilt.flush()
            before = self._generations.current
            self._generations.use(rebuilt.directory)
            # Not closed: a reader may be about to ask it. It ends with the last reader.
            self._shard = rebuilt
            _, self._left_unindexed = rebuilt.sizes
            self._generations.remove(before)

    def _carry_over(self, changed: set[UUID], rebuilt: Shard) -> None:
        shard = self._open()
        for batch in bounds.batches(sorted(changed), BATCH):
            there = shard.retrieve(batch)
            rebuilt.upsert(there)
            rebuilt.delete(list(set(batch) - {point.id for point in there}))

    @contextmanager
    def _write(self, ids: Sequence[UUID]) -> Iterator[Shard]:
        """The shard, for a write to these ids that no other comes between."""
        with self._writing:
            if self._changed is not None:
                self._changed.update(ids)
            yield self._open()
            self._unflushed += len(ids)
            if self._unflushed >= FLUSH_EVERY:
                self.flush()

    def _open(self) -> Shard:
        if self._closed:
            raise StateUnusable("The vector store is closed.")
        return self._shard

    def _sees_nothing(self, folders: Folders, where: Filter | None) -> bool:
        check_folders(folders)
        check_filter(where, self._schema)
        return folders is not None and not folders

    def _compiled(self, folders: Folders, where: Filter | None) -> Any:
        return compiled(Dialect(), self._schema, folders, where)
