"""Scan and indexing as one: each file decoded once, and embedded as if it had been sent whole."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, select
from tests.indexing import Here, NotingEmbedder, WordsInMemory, name_of
from tests.pictures import encoded, picture, shapes
from tests.tiny_models import TinyModels

from pinakes.blobs.local import LocalBlobStore
from pinakes.core.errors import InvalidRequest, ServiceUnavailable
from pinakes.core.payload import PICTURES
from pinakes.core.protocols import Embedder
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Pixels, Refusal, Vector
from pinakes.db.session import open_database
from pinakes.db.tables import contents, features
from pinakes.images.decode import decode_at_least
from pinakes.ingest.indexing.indexing import Indexing
from pinakes.ingest.indexing.report import IndexProgress
from pinakes.ingest.ingestion import Ingestion, IngestReport
from pinakes.ingest.pipeline import Scan
from pinakes.ingest.source import Walk, resolve_folders
from pinakes.models.embedder import LocalModel
from pinakes.models.runtimes.loading import load
from pinakes.services.chosen.built_in import built_in_model
from pinakes.vectors.memory import MemoryVectorStore

LIMITS = ImageLimits()


class OnlyFiles:
    """An embedder that notes which files and which pixels it was asked for."""

    def __init__(self, model: LocalModel) -> None:
        self.model, self.identity = model, model.identity
        self.files = 0

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        self.files += len(images)
        return self.model.embed(images)

    def close(self) -> None:
        self.model.close()


class PixelsToo(OnlyFiles):
    pixels = 0
    away = False

    def takes_pixels(self) -> bool:
        return True

    def embed_pixels(self, pictures: Sequence[Pixels]) -> list[Vector | Refusal]:
        if self.away:
            raise ServiceUnavailable("It is away.")
        self.pixels += len(pictures)
        return self.model.embed_pixels(pictures)


@pytest.fixture(scope="module", params=["clip", "built-in"])
def model(request: pytest.FixtureRequest, tiny_models: TinyModels) -> LocalModel:
    if request.param == "built-in":
        return LocalModel(built_in_model(LIMITS))
    directory = tiny_models.onnx(request.param)
    return LocalModel(
        load(
            directory,
            name=request.param,
            revision="1",
            decode_for=lambda side: lambda data: decode_at_least(data, short_side=side, limits=LIMITS),
            threads=1,
        )
    )


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Pictures that are decoded at different fractions of their size, small ones, and a copy."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, (height, width) in enumerate([(1500, 2000), (300, 2600), (90, 60), (513, 512), (700, 900)]):
        (folder / f"{number}.jpg").write_bytes(encoded(shapes(number, height, width), quality=92))
    (folder / "5.png").write_bytes(encoded(shapes(5), "PNG"))
    shutil.copy(folder / "5.png", folder / "copy.png")
    return folder


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "state")
    yield engine
    engine.dispose()


def ingest(engine: Engine, folder: Path, embedder: Embedder, **given: object) -> IngestReport:
    collection = given.get("collection") or MemoryVectorStore(PICTURES).create(embedder.identity)
    indexing = Indexing(engine, collection, WordsInMemory(), embedder, LIMITS)  # type: ignore[arg-type]
    thumbnails = LocalBlobStore(folder.parent / "thumbnails")
    scan = Scan(engine, thumbnails, LIMITS, 2, make_runner=Here)  # type: ignore[arg-type]
    watch = given.get("watch", lambda _: None)
    return Ingestion(scan, indexing).run(Walk(resolve_folders([folder])), watch=watch)  # type: ignore[arg-type]


def stored(engine: Engine) -> dict[str, np.ndarray]:
    with engine.connect() as connection:
        rows = connection.execute(select(features.c.sha256, features.c.value))
        return {row.sha256: np.frombuffer(row.value, dtype="<f4") for row in rows}


def facts(engine: Engine) -> dict[str, tuple[bytes, int, int]]:
    with engine.connect() as connection:
        rows = connection.execute(select(contents))
        return {row.sha256: (row.perceptual_hash, row.width, row.height) for row in rows}


def test_a_model_that_takes_only_files_gets_them_and_the_library_learns_the_same(
    engine: Engine, photos: Path, tmp_path: Path, model: LocalModel
) -> None:
    pixels, files = PixelsToo(model), OnlyFiles(model)
    report = ingest(engine, photos, pixels)
    assert (report.index.counts["embedded"], report.index.counts["indexed"]) == (6, 7)
    assert pixels.files == 0
    other = open_database(tmp_path / "other")
    ingest(other, photos, files)
    # The model that ships is computed where pictures are decoded, whoever embeds.
    assert files.files == (0 if model.identity.name == "pinakes-global" else 6)
    assert facts(other) == facts(engine)
    assert {name: v.tobytes() for name, v in stored(other).items()} == {
        name: v.tobytes() for name, v in stored(engine).items()
    }
    other.dispose()


def test_embeddings_made_while_scanning_are_those_of_the_files(
    engine: Engine, photos: Path, model: LocalModel
) -> None:
    ingest(engine, photos, PixelsToo(model))
    made = stored(engine)
    for path in photos.iterdir():
        (expected,) = model.embed([path.read_bytes()])
        assert np.array_equal(made[name_of(path.read_bytes())], expected)


def test_a_model_that_is_away_while_scanning_does_not_stop_the_scan(
    engine: Engine, photos: Path, model: LocalModel
) -> None:
    embedder = PixelsToo(model)
    embedder.away = True
    report = ingest(engine, photos, embedder)
    assert report.scan.counts["stored"] == 7
    assert report.index.counts["embedded"] == 6  # from the files, once it was back


def test_another_models_collection_is_refused_before_the_scan(
    engine: Engine, photos: Path, model: LocalModel
) -> None:
    collection = MemoryVectorStore(PICTURES).create(NotingEmbedder().identity)
    with pytest.raises(InvalidRequest):
        ingest(engine, photos, PixelsToo(model), collection=collection)
    assert facts(engine) == {}


def test_a_second_ingestion_decodes_and_embeds_nothing(
    engine: Engine, photos: Path, model: LocalModel
) -> None:
    embedder = PixelsToo(model)
    collection = MemoryVectorStore(PICTURES).create(model.identity)
    ingest(engine, photos, embedder, collection=collection)
    asked = embedder.pixels
    report = ingest(engine, photos, embedder, collection=collection)
    assert (embedder.pixels, embedder.files) == (asked, 0)
    assert report.index.counts["embedded"] == 0
    assert report.scan.changes["unchanged"] == 7


def test_stopping_in_the_scan_leaves_what_was_done_and_the_next_run_does_the_rest(
    engine: Engine, photos: Path, model: LocalModel
) -> None:
    class Enough(Exception):
        pass

    def watch(progress: IndexProgress) -> None:
        raise Enough

    embedder = PixelsToo(model)
    with pytest.raises(Enough):
        ingest(engine, photos, embedder, watch=watch)
    ingest(engine, photos, embedder)
    assert len(stored(engine)) == 6
    assert picture(photos / "6.jpg", 6).exists()
    assert ingest(engine, photos, embedder).index.counts["embedded"] == 1
