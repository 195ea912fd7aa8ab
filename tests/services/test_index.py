import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, func, insert, select

from pinakes.core.errors import ModelUnusable
from pinakes.core.settings import ClientSettings, Settings
from pinakes.core.types import ModelIdentity, Refusal, Vector
from pinakes.db.session import open_database
from pinakes.db.tables import indexed
from pinakes.models.built_in import IDENTITY
from pinakes.services.index import Index, pinned
from pinakes.vectors.points import Point, point_id


class Model:
    """An embedder of a chosen identity that is never asked."""

    def __init__(self, revision: str = "1") -> None:
        self.identity = ModelIdentity("stand-in", revision, "none", 4)

    def embed(self, images: object) -> list[Vector | Refusal]:
        raise AssertionError

    def close(self) -> None:
        return


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path, client=ClientSettings(mode="local"))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(tmp_path)
    yield opened
    opened.dispose()


@pytest.fixture
def index(settings: Settings, engine: Engine) -> Iterator[Index]:
    made = Index(settings, engine)
    yield made
    made.close()


def test_nothing_answers_until_something_is_indexed(index: Index) -> None:
    assert index.chosen() is index.collection() is None


def test_the_first_model_is_that_of_the_library(settings: Settings, engine: Engine, index: Index) -> None:
    made = index.collection_for(Model())
    assert made.identity == Model().identity
    assert index.collection_for(Model()) is made
    with pytest.raises(ModelUnusable, match="stand-in@1"):
        index.collection_for(Model("2"))
    index.close()
    again = Index(settings, engine)
    found = again.collection()
    assert found is not None
    assert found.identity == Model().identity
    again.close()


def test_what_a_lost_store_had_acknowledged_is_forgotten(
    settings: Settings, engine: Engine, index: Index, tmp_path: Path
) -> None:
    name = index.collection_for(Model()) and index.chosen()
    vector = np.array([1, 0, 0, 0], dtype=np.float32)
    index.collection_for(Model()).upsert([Point(point_id("ab", 1), vector, {"folder": 1})])
    row = {"index": name, "asset": 1, "sha256": "ab", "payload": "x"}
    with engine.begin() as connection:
        connection.execute(insert(indexed), [row, row | {"index": "words"}])
    count = select(func.count()).select_from(indexed)
    for lost, left in ((False, 2), (True, 1)):
        index.close()
        if lost:
            shutil.rmtree(tmp_path / "vectors")
        again = Index(settings, engine)
        again.collection_for(Model())
        again.close()
        with engine.connect() as connection:
            assert connection.scalar(count) == left


def test_the_model_of_the_library_is_asked_for_by_name_and_revision(settings: Settings) -> None:
    chosen = pinned(settings, IDENTITY)
    name = f"{IDENTITY.name}@{IDENTITY.revision}"
    assert chosen.client.model == chosen.inference.model == name
    foreign = settings.model_copy(update={"client": ClientSettings(protocol="openai", model="theirs")})
    assert pinned(foreign, IDENTITY) is foreign


def test_a_newer_default_does_not_take_over_by_itself(index: Index) -> None:
    embedder = index.open_embedder()
    index.collection_for(embedder)
    assert index.embedder().identity == embedder.identity == IDENTITY
    assert index.embedder() is index.embedder()
    embedder.close()
