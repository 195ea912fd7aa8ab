"""Bringing one index up to date with the rows: what it lacks is put in, what is gone is taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Update,
    and_,
    bindparam,
    delete,
    func,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import Insert, insert

from pinakes.db.tables import assets, contents, indexed
from pinakes.ingest.indexing.describing import REVISION, KnownAsset
from pinakes.ingest.indexing.metrics import IndexMetrics
from pinakes.ingest.indexing.pending import stated
from pinakes.ingest.indexing.present import PRESENT, within
from pinakes.ingest.indexing.report import IndexProgress
from pinakes.ingest.indexing.targets import Entry, Target

#: In the row of an index, instead of a digest: it is about to be told, and may have been.
INTENDED = ""

#: Rows that are checked or removed at once.
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Placing:
    """One index, the assets below `folders`, and how many are put in together.

    A row says that an asset is in an index, and as what. It is written before the index as an intention and
    after it as a fact: after a kill between the two the same write is repeated, and an asset that went
    meanwhile is still taken out, since the row names the point that may be there.
    """

    engine: Engine
    target: Target
    folders: Sequence[str] | None
    unit: int
    metrics: IndexMetrics

    def place(self, watch: Callable[[IndexProgress], None]) -> int:
        """Put in whatever is not there as it is now known; returns how many assets that were."""
        total, done = self._count(), 0
        for entries in self._lacking() if total else ():
            done += self.put(entries)
            watch(IndexProgress("index", done, 0, max(total, done)))
        return done

    def put(self, entries: Sequence[Entry]) -> int:
        """Put assets in, leaving those that changed meanwhile for another time; returns how many were put."""
        if not entries:
            return 0
        with self.engine.begin() as connection:
            connection.execute(_intending(), [self._row(entry) for entry in entries])
        with self.engine.execution_options(readonly=True).connect() as connection:
            told = self.target.put(connection, _known(connection, entries))
        self.metrics.entries.labels(self.target.name, "upserted").inc(len(told))
        if told:
            with self.engine.begin() as connection:
                facts = [{"of": asset, "digest": digest} for asset, digest in told.items()]
                connection.execute(self._stating(), facts)
        return len(told)

    def sweep(self, watch: Callable[[IndexProgress], None]) -> int:
        """Take out assets that are gone, missing, or another content now; returns how many."""
        removed = after = 0
        while entries := self._stale(after):
            self.target.forget(entries)
            with self.engine.begin() as connection:
                those = indexed.c.asset.in_([entry.asset for entry in entries])
                connection.execute(delete(indexed).where(self._here(), those))
            removed, after = removed + len(entries), entries[-1].asset
            watch(IndexProgress("index", removed, 0, None))
        self.metrics.entries.labels(self.target.name, "removed").inc(removed)
        return removed

    def mend(self) -> None:
        """Forget what the index is said to hold where it holds less: it was lost, restored or made anew."""
        told = select(func.count()).where(self._here(), indexed.c.payload.like("%:%"))
        with self.engine.execution_options(readonly=True).connect() as connection:
            known = connection.scalar(told) or 0
        if self.target.count() < known:
            with self.engine.begin() as connection:
                connection.execute(update(indexed).where(self._here()).values(payload=INTENDED))

    def _here(self) -> ColumnElement[bool]:
        return indexed.c.index == self.target.name

    def _stating(self) -> Update:
        # What was doubted since the intention stays doubted.
        row = and_(self._here(), indexed.c.asset == bindparam("of"), indexed.c.payload == INTENDED)
        return update(indexed).where(row).values(payload=bindparam("digest"))

    def _row(self, entry: Entry) -> dict[str, str | int]:
        return {"index": self.target.name, "asset": entry.asset, "sha256": entry.sha256, "payload": INTENDED}

    def _wanted(self) -> ColumnElement[bool]:
        # In this order: what the index has is known from small rows, what it needs from large ones.
        lacking = not_(stated(self.target.name, REVISION))
        return and_(PRESENT, within(self.folders), lacking, self.target.ready())

    def _count(self) -> int:
        with self.engine.execution_options(readonly=True).connect() as connection:
            return int(connection.scalar(select(func.count()).where(self._wanted())) or 0)

    def _lacking(self) -> Iterator[list[Entry]]:
        columns = select(assets.c.id, assets.c.sha256)
        query, after = columns.where(self._wanted()).order_by(assets.c.id).limit(self.unit), 0
        while True:
            with self.engine.execution_options(readonly=True).connect() as connection:
                page = [Entry(*row) for row in connection.execute(query.where(assets.c.id > after))]
            if not page:
                return
            yield page
            after = page[-1].asset

    def _stale(self, after: int) -> list[Entry]:
        gone = or_(assets.c.id == null(), not_(PRESENT), assets.c.sha256 != indexed.c.sha256)
        below = or_(assets.c.id == null(), within(self.folders))
        query = (
            select(indexed.c.asset, indexed.c.sha256)
            .select_from(indexed.outerjoin(assets, assets.c.id == indexed.c.asset))
            .where(self._here(), indexed.c.asset > after, gone, below)
            .order_by(indexed.c.asset)
            .limit(PAGE)
        )
        with self.engine.execution_options(readonly=True).connect() as connection:
            return [Entry(*row) for row in connection.execute(query)]


def entries_of(engine: Engine, sha256s: Iterable[str]) -> dict[Entry, str]:
    """The present assets that hold some contents, and their paths."""
    query = select(assets.c.id, assets.c.sha256, assets.c.path).where(
        PRESENT, assets.c.sha256.in_(list(sha256s))
    )
    with engine.execution_options(readonly=True).connect() as connection:
        return {Entry(row.id, row.sha256): row.path for row in connection.execute(query)}


def _known(connection: Connection, entries: Sequence[Entry]) -> list[KnownAsset]:
    query = (
        select(
            assets.c.id.label("asset"),
            assets.c.path,
            assets.c.directory,
            assets.c.sha256,
            contents.c.bytes,
            contents.c.format,
            contents.c.width,
            contents.c.height,
            contents.c.taken_at,
            contents.c.metadata,
        )
        .join(contents, contents.c.sha256 == assets.c.sha256)
        .where(PRESENT, assets.c.id.in_([entry.asset for entry in entries]))
    )
    expected = {entry.asset: entry.sha256 for entry in entries}
    found = [KnownAsset(**row) for row in connection.execute(query).mappings()]
    return [known for known in found if expected[known.asset] == known.sha256]


def _intending() -> Insert:
    statement = insert(indexed)
    new = {name: statement.excluded[name] for name in ("sha256", "payload")}
    return statement.on_conflict_do_update(index_elements=["index", "asset"], set_=new)
