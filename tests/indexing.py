"""Stand-ins that index: an embedder whose calls are noted, and an index of words in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, select

from pinakes.core.filters import Filter
from pinakes.core.payload import PICTURES, Folders
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Caption, ModelIdentity, Refusal, Vector
from pinakes.db.tables import assets, indexed
from pinakes.ingest.indexing.indexing import Indexing
from pinakes.vectors.memory import MemoryCollection, MemoryVectorStore
from pinakes.words.base import Document, WordHit

#: Whose embeddings the stand-in makes.
MODEL = ModelIdentity("stand-in", "1", "whole-file", 8)


#: Who writes the stand-in's captions.
CAPTIONS = ModelIdentity("captions", "1", "whole-file", 0)


def vector_of(encoded: bytes) -> Vector:
    """A unit vector that says which bytes it was made of."""
    seed = int.from_bytes(hashlib.sha256(encoded).digest()[:8], "big")
    numbers = np.random.default_rng(seed).normal(size=MODEL.dimensions)
    return np.asarray(numbers / np.linalg.norm(numbers), dtype=np.float32)


def name_of(encoded: bytes) -> str:
    return hashlib.sha256(encoded).hexdigest()


class Here:
    """In the place of decoding processes: everything is done in this one."""

    width = 2

    def __init__(self, *_: object) -> None:
        """Nothing is started."""

    def run(self, work: Callable[..., Any], *arguments: object) -> Any:
        return work(*arguments)

    def stop(self) -> None:
        """Nothing runs."""


@dataclass
class NotingEmbedder:
    """Embeds any bytes; `asked` are the contents it was asked for, in order."""

    identity: ModelIdentity = MODEL
    refuse: Callable[[bytes], Refusal | None] = lambda _: None
    fail: Callable[[int], None] = lambda _: None
    asked: list[str] = field(default_factory=list)

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        self.fail(len(self.asked))
        self.asked += map(name_of, images)
        return [self.refuse(image) or vector_of(image) for image in images]

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class NotingCaptioner:
    """Says of every picture how many bytes it has, and reads the same in it."""

    identity: ModelIdentity = CAPTIONS
    asked: list[str] = field(default_factory=list)

    def caption(self, images: Sequence[bytes]) -> list[Caption | Refusal]:
        self.asked += map(name_of, images)
        return [Caption(f"a picture of {len(image)} bytes") for image in images]

    def read(self, images: Sequence[bytes]) -> list[str | Refusal]:
        self.asked += map(name_of, images)
        return [f"EXIT {len(image)}" for image in images]

    def close(self) -> None:
        """Nothing is held."""


class WordsInMemory:
    """Documents by asset; `written` counts upserts."""

    def __init__(self) -> None:
        self.documents: dict[int, Document] = {}
        self.written = 0

    def upsert(self, documents: Sequence[Document]) -> None:
        self.written += len(documents)
        self.documents.update({document.asset: document for document in documents})

    def delete(self, assets: Sequence[int]) -> None:
        for asset in assets:
            self.documents.pop(asset, None)

    def query(
        self,
        words: Sequence[str],
        *,
        limit: int,
        folders: Folders,
        where: Filter | None = None,
        without: Sequence[str] = (),
    ) -> list[WordHit]:
        raise NotImplementedError

    def count(self, *, folders: Folders, where: Filter | None = None) -> int:
        return len(self.documents)

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Shelf:
    """A library with both indexes in memory, and what indexes it."""

    engine: Engine
    collection: MemoryCollection
    words: WordsInMemory
    embedder: NotingEmbedder

    def indexing(self, **changes: Any) -> Indexing:
        """What runs; `changes` are keyword arguments of `Indexing`."""
        return Indexing(self.engine, self.collection, self.words, self.embedder, ImageLimits(), **changes)

    def index(self, folders: Sequence[Path] | None = None, *, again: bool = False, **changes: Any) -> Any:
        """Run to the end and return the report."""
        below = None if folders is None else [str(folder) for folder in folders]
        return self.indexing(**changes).run(below, watch=lambda _: None, again=again)

    def points(self) -> dict[str, Mapping[str, Any]]:
        """Payloads of all points by the path of their asset."""
        found = self.collection.scroll(after=None, limit=1000, folders=None)
        with self.engine.connect() as connection:
            paths = {row.id: row.path for row in connection.execute(select(assets.c.id, assets.c.path))}
        return {Path(paths[point.payload["asset"]]).name: point.payload for point in found}

    def rows(self) -> list[tuple[str, int]]:
        """What the table says is indexed."""
        with self.engine.connect() as connection:
            query = select(indexed.c.index, indexed.c.asset).where(indexed.c.payload.like("%:%"))
            return [(row.index, row.asset) for row in connection.execute(query)]


def shelf(engine: Engine) -> Shelf:
    """Make one over a library."""
    store = MemoryVectorStore(PICTURES)
    return Shelf(engine, store.create(MODEL), WordsInMemory(), NotingEmbedder())
