"""Embedding beside a scan: bounded, stored only with its content, ended without waiting for ever."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, func, insert, select
from tests.indexing import MODEL, NotingEmbedder, WordsInMemory, vector_of
from tests.waiting import PATIENCE

from pinakes.core.payload import PICTURES
from pinakes.core.settings import ImageLimits
from pinakes.core.types import ModelIdentity, Pixels, Reason, Refusal, Vector
from pinakes.db.session import open_database
from pinakes.db.tables import contents, failures, features
from pinakes.ingest.framing import Framing, framing_of
from pinakes.ingest.indexing import ahead as module
from pinakes.ingest.indexing.ahead import Ahead
from pinakes.ingest.indexing.indexing import Indexing
from pinakes.ingest.indexing.report import IndexReport
from pinakes.vectors.memory import MemoryVectorStore

PIXELS = np.zeros((4, 4, 3), dtype=np.uint8)


class Gated:
    """Takes pixels; answers only while its gate is open."""

    def __init__(self) -> None:
        self.gate, self.entered = threading.Event(), threading.Event()
        self.gate.set()
        self.refuse = False
        self.asked = 0

    def takes_pixels(self) -> bool:
        return True

    def embed_pixels(self, pictures: Sequence[Pixels]) -> list[Vector | Refusal]:
        self.entered.set()
        assert self.gate.wait(PATIENCE)
        self.asked += len(pictures)
        no = Refusal(Reason.MODEL_FAILED, "The model failed on it.")
        return [no if self.refuse else vector_of(picture.tobytes()) for picture in pictures]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def embedder() -> Gated:
    return Gated()


@pytest.fixture
def ahead(engine: Engine, embedder: Gated) -> Iterator[Ahead]:
    collection = MemoryVectorStore(PICTURES).create(MODEL)
    indexing = Indexing(engine, collection, WordsInMemory(), NotingEmbedder(), ImageLimits())
    framing = framing_of(ModelIdentity("any", "1", "clip-224-bicubic-center-0123abcd", 8))
    assert isinstance(framing, Framing)
    made = Ahead(indexing, framing, embedder, IndexReport())
    yield made
    embedder.gate.set()
    made.close()


def known(engine: Engine, *names: str) -> None:
    row = {
        "bytes": 3, "format": "JPEG", "mode": "RGB", "width": 4, "height": 3, "frames": 1,
        "perceptual_hash": b"", "hash_quality": 0, "metadata_fields": 0, "metadata": {},
        "prepared_by": "test",
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(contents), [{**row, "sha256": name} for name in names])


def stored(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(features)) or 0


def wait_until_done(ahead: Ahead) -> None:
    ahead.hurry()
    for _ in range(300):
        if ahead.is_done:
            return
        threading.Event().wait(0.02)
    raise AssertionError("it did not get done")


def test_an_embedding_is_stored_once_its_content_is(engine: Engine, ahead: Ahead) -> None:
    ahead.offer("a", PIXELS)
    ahead.hurry()
    threading.Event().wait(0.3)
    assert stored(engine) == 0
    known(engine, "a")
    ahead.written(["a"])
    wait_until_done(ahead)
    assert stored(engine) == 1
    assert not ahead.wants("a")
    assert ahead.wants("b")


def test_a_refusal_is_stored_as_one(engine: Engine, ahead: Ahead, embedder: Gated) -> None:
    embedder.refuse = True
    ahead.offer("a", PIXELS)
    known(engine, "a")
    ahead.written(["a"])
    wait_until_done(ahead)
    with engine.connect() as connection:
        assert connection.scalar(select(failures.c.reason)) == "model-failed"


def test_contents_that_were_not_offered_are_not_waited_for(engine: Engine, ahead: Ahead) -> None:
    ahead.written(["a", "b"])
    assert ahead.is_done


def test_a_full_queue_holds_the_scan_and_lets_it_go_at_the_end(
    engine: Engine, embedder: Gated, ahead: Ahead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CLOSE_SECONDS", 0.2)
    embedder.gate.clear()
    offered: list[int] = []

    def offer() -> None:
        for number in range(module.WAITING + 3 * module.AT_ONCE * module.IN_FLIGHT):
            ahead.offer(str(number), PIXELS)
            offered.append(number)

    scan = threading.Thread(target=offer)
    scan.start()
    assert embedder.entered.wait(PATIENCE)
    scan.join(1)
    assert scan.is_alive()
    assert len(offered) <= module.WAITING + module.AT_ONCE * module.IN_FLIGHT
    ahead.close()
    scan.join(PATIENCE)
    assert not scan.is_alive()


def test_a_store_that_fails_ends_it_and_nobody_waits(engine: Engine, ahead: Ahead) -> None:
    ahead.offer("a", PIXELS)
    ahead.written(["a"])  # though no row is there: the store refuses
    wait_until_done(ahead)
    assert not ahead.wants("b")
    ahead.offer("b", PIXELS)
