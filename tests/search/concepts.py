"""A library whose pictures are made of concepts, and a model that knows them: likeness is foretold."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert

from pinakes.core.errors import ServiceUnavailable
from pinakes.core.payload import PICTURES
from pinakes.core.settings import ImageLimits
from pinakes.core.types import ModelIdentity, Reason, Refusal, Vector
from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents, directories
from pinakes.search.searcher import Searcher
from pinakes.vectors.memory import MemoryCollection
from pinakes.vectors.points import Point, point_id
from pinakes.words.base import Document, WordField
from pinakes.words.sqlite.index import SqliteWordIndex

#: The model of these tests.
CONCEPTS = ModelIdentity("concepts", "1", "none", 64)


def unit(vector: np.ndarray) -> Vector:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def concept(word: str) -> Vector:
    """The direction of a word, the same each time, nearly at right angles to every other."""
    return unit(np.random.default_rng(zlib.crc32(word.encode())).normal(size=CONCEPTS.dimensions))


class ConceptModel:
    """Embeds words, and pictures whose bytes are words; counts what it was asked."""

    def __init__(self, identity: ModelIdentity = CONCEPTS) -> None:
        self.identity, self.asked, self.away = identity, 0, False

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        return [
            Refusal(Reason.DAMAGED, "It cannot be decoded.")
            if b"\0" in image
            else self._embedded(image.decode())
            for image in images
        ]

    def embed_texts(self, texts: Sequence[str]) -> list[Vector | Refusal]:
        return [self._embedded(text) for text in texts]

    def close(self) -> None:
        pass

    def _embedded(self, text: str) -> Vector:
        if self.away:
            raise ServiceUnavailable("No service answers.", remedy="Start one.")
        self.asked += 1
        return unit(np.sum([concept(word) for word in text.split() or [""]], axis=0))


@dataclass
class ConceptLibrary:
    """A library in memory, but for its database; implements `Indexes`."""

    state: Path
    model: ConceptModel = field(default_factory=ConceptModel)

    def __post_init__(self) -> None:
        self.engine: Engine = open_database(self.state)
        self.words = SqliteWordIndex(None, PICTURES, seconds=5)
        self.vectors: MemoryCollection | None = MemoryCollection(self.model.identity, PICTURES)
        self._random = np.random.default_rng(7)

    def collection(self) -> MemoryCollection | None:
        return self.vectors

    def embedder(self, identity: ModelIdentity) -> ConceptModel:
        return self.model

    def searcher(self, **options: Any) -> Searcher:
        return Searcher(self.engine, self, ImageLimits(), **options)

    def add(
        self,
        shows: str,
        *,
        path: str = "",
        words: Mapping[WordField, str] | None = None,
        noise: float = 0.3,
        content: bytes = b"",
        **payload: Any,
    ) -> int:
        """Add a picture that shows concepts, at a path, with words known of it; its asset."""
        with self.engine.begin() as connection:
            count = int(connection.exec_driver_sql("select count(*) from assets").scalar_one())
            path = path or f"/photos/{count}.jpg"
            digest = sha256(content or path.encode()).hexdigest()
            folder = self._directory(connection, path.rpartition("/")[0])
            if not connection.exec_driver_sql("select 1 from contents where sha256 = ?", (digest,)).first():
                connection.execute(insert(contents).values(**_content(digest)))
            values = _asset(path, digest, folder)
            asset = int(connection.execute(insert(assets).values(**values)).inserted_primary_key[0])
        known = {"folder": folder, "asset": asset, "sha256": digest, **payload}
        vector = unit(
            np.sum([concept(word) for word in shows.split()], axis=0)
            + noise * unit(self._random.normal(size=CONCEPTS.dimensions))
        )
        if self.vectors is not None:
            self.vectors.upsert([Point(point_id(digest, asset), vector, known)])
        self.words.upsert([Document(asset, words or {}, known)])
        return asset

    def _directory(self, connection: Any, path: str) -> int:
        found = connection.execute(directories.select().where(directories.c.path == path)).first()
        if found:
            return int(found.id)
        return int(connection.execute(insert(directories).values(path=path)).inserted_primary_key[0])

    def close(self) -> None:
        self.words.close()
        self.engine.dispose()


def _content(digest: str) -> dict[str, Any]:
    return {
        "sha256": digest,
        "bytes": 1,
        "format": "JPEG",
        "mode": "RGB",
        "width": 1,
        "height": 1,
        "frames": 1,
        "perceptual_hash": b"",
        "hash_quality": 0,
        "metadata_fields": 0,
        "metadata": {},
        "prepared_by": "tests",
    }


def _asset(path: str, digest: str, folder: int) -> dict[str, Any]:
    return {
        "path": path,
        "folder": "/photos",
        "directory": folder,
        "sha256": digest,
        "bytes": 1,
        "mtime_ns": 0,
        "inode": "0",
        "device": "0",
        "outcome": "stored",
        "seen_in": 1,
    }
