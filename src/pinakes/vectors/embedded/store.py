"""A directory of Qdrant Edge collections, which one process at a time has open."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import RLock
from uuid import uuid4

from filelock import FileLock, Timeout

from pinakes.core.errors import NotFound, StateBusy, StateUnusable
from pinakes.core.payload import Schema
from pinakes.core.types import ModelIdentity
from pinakes.vectors.embedded.collection import EmbeddedCollection
from pinakes.vectors.embedded.generations import Generations
from pinakes.vectors.embedded.shard import Build, Shard
from pinakes.vectors.naming import NAME, absent, checked_name, collection_name
from pinakes.vectors.points import CollectionSummary

#: How long another process is waited for, seconds.
PATIENCE = 2.0

#: Beginning of the names of directories that are being made or removed; no collection begins so.
PASSING = ".passing-"


class EmbeddedVectorStore:
    """A `VectorStore` in a directory.

    Raises:
        StateBusy: another process has the directory open.
        StateUnusable: it cannot be used.
    """

    def __init__(
        self,
        directory: Path,
        schema: Schema,
        *,
        index_from: int,
        int8: bool,
        oversampling: float,
        rebuild_seconds: float,
        background: bool,
    ) -> None:
        self._directory, self._schema = directory, schema
        self._index_from, self._int8, self._oversampling = index_from, int8, oversampling
        self._seconds, self._background = rebuild_seconds, background
        self._opened: dict[str, EmbeddedCollection] = {}
        self._mutex, self._closed = RLock(), False
        self._lock = _held(directory)
        for passing in directory.glob(f"{PASSING}*"):
            shutil.rmtree(passing, ignore_errors=True)

    def create(self, identity: ModelIdentity) -> EmbeddedCollection:
        """The collection for this model's embeddings, made where there is none."""
        name = collection_name(identity)
        with self._mutex:
            if name not in self._names():
                try:
                    self._make(name, identity)
                except OSError as error:
                    raise StateUnusable(f"The collection {name} cannot be made: {error.strerror}.") from error
            return self.open(name)

    def open(self, name: str) -> EmbeddedCollection:
        """The collection of this name."""
        with self._mutex:
            names = self._names()
            if checked_name(name) not in names:
                raise NotFound(absent(name, names))
            if name not in self._opened:
                self._opened[name] = self._loaded(name)
            return self._opened[name]

    def collections(self) -> list[CollectionSummary]:
        """What there is, by name."""
        with self._mutex:
            opened = [(name, self.open(name)) for name in self._names()]
        return [CollectionSummary(name, kept.identity, kept.count(folders=None)) for name, kept in opened]

    def drop(self, name: str) -> None:
        """Forget a collection: its directory is moved aside in one step, then removed."""
        with self._mutex:
            names = self._names()
            if checked_name(name) not in names:
                raise NotFound(absent(name, names))
            if (opened := self._opened.pop(name, None)) is not None:
                opened.close()
            passing = (self._directory / name).rename(self._directory / f"{PASSING}{uuid4().hex}")
        shutil.rmtree(passing, ignore_errors=True)

    def close(self) -> None:
        """Close every collection, and let other processes open the directory."""
        with self._mutex:
            self._closed = True
            try:
                while self._opened:
                    self._opened.popitem()[1].close()
            finally:
                self._lock.release()

    def _make(self, name: str, identity: ModelIdentity) -> None:
        """Make a collection aside, and give it its name when it is whole."""
        made = Generations(self._directory / f"{PASSING}{uuid4().hex}")
        shard = made.begin(identity)
        Shard(shard, self._build(identity), self._schema, new=True).close()
        made.use(shard)
        made.directory.rename(self._directory / name)

    def _names(self) -> list[str]:
        if self._closed:
            raise StateUnusable("The vector store is closed.")
        return sorted(
            path.name for path in self._directory.iterdir() if NAME.fullmatch(path.name) and path.is_dir()
        )

    def _loaded(self, name: str) -> EmbeddedCollection:
        generations = Generations(self._directory / name)
        identity = generations.identity(name)
        generations.sweep()
        build = self._build(identity)
        return EmbeddedCollection(
            identity,
            generations,
            Shard(generations.current, build, self._schema),
            build=build,
            schema=self._schema,
            rebuild_seconds=self._seconds,
            background=self._background,
        )

    def _build(self, identity: ModelIdentity) -> Build:
        return Build(identity.dimensions, self._index_from, self._int8, self._oversampling)


def _held(directory: Path) -> FileLock:
    """The lock of the directory, held; it is free again when the process ends, however it ends."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(directory / "lock", timeout=PATIENCE, thread_local=False)
        lock.acquire()
    except Timeout as error:
        raise StateBusy(
            f"Another process has the vectors in {directory} open.",
            remedy="One process owns them, such as the search service; ask it, or stop it first.",
        ) from error
    except OSError as error:
        raise StateUnusable(
            f"The directory {directory} cannot be used for vectors: {error.strerror}.",
            remedy="Make it writable, or choose another with PINAKES_VECTORS__DIRECTORY.",
        ) from error
    return lock
