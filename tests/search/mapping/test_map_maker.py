"""Maps of whole collections: stored, stable while pictures come and go, named, and stoppable."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, insert
from tests.search.mapping.test_layout import clustered

from pinakes.core.payload import PICTURES
from pinakes.core.types import ModelIdentity, Refusal, Vector
from pinakes.db.session import open_database
from pinakes.db.tables import indexed
from pinakes.search.mapping import stored
from pinakes.search.mapping.map_maker import MapMaker
from pinakes.search.mapping.nouns import as_caption, nouns
from pinakes.vectors.base import Collection
from pinakes.vectors.memory import MemoryVectorStore
from pinakes.vectors.naming import collection_name
from pinakes.vectors.points import Point, point_id

MODEL = ModelIdentity("model", "1", "whole", 40)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def collection() -> Collection:
    return MemoryVectorStore(PICTURES).create(MODEL)


def fill(collection: Collection, vectors: np.ndarray, *, first: int = 1, **payload: Any) -> list[int]:
    """Points for assets of consecutive numbers; the numbers."""
    assets = list(range(first, first + len(vectors)))
    collection.upsert(
        [
            Point(point_id(f"{asset:064x}", asset), vector, {"folder": 1, "asset": asset, **payload})
            for asset, vector in zip(assets, vectors, strict=True)
        ]
    )
    return assets


def places(made: stored.Map | None) -> dict[int, list[float]]:
    assert made is not None
    return dict(zip(made.assets.tolist(), made.places.tolist(), strict=True))


def test_a_map_of_nothing_is_none(engine: Engine, collection: Collection) -> None:
    assert MapMaker(engine, collection).run() is None


@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_few_pictures_have_a_map_too(engine: Engine, collection: Collection, count: int) -> None:
    fill(collection, clustered(count)[0])
    made = MapMaker(engine, collection).run()
    assert len(places(made)) == count
    assert made is not None
    assert np.isfinite(made.places).all()
    assert np.abs(made.places).max() <= 1


def test_a_map_is_stored_and_read_back(engine: Engine, collection: Collection) -> None:
    fill(collection, clustered(120)[0])
    made = MapMaker(engine, collection).run()
    found = stored.read(engine, collection_name(MODEL))
    assert found is not None
    assert places(found) == places(made)
    assert found.about["quality"]["trustworthiness"] > 0.9
    assert found.about["added"] == 0


def test_pictures_that_come_leave_the_others_where_they_are(engine: Engine, collection: Collection) -> None:
    vectors, group = clustered(165)
    fill(collection, vectors[:150])
    before = places(MapMaker(engine, collection).run())
    fill(collection, vectors[150:], first=151)
    made = MapMaker(engine, collection).run()
    after = places(made)
    assert {asset: after[asset] for asset in before} == before
    assert made is not None
    assert made.about["added"] == 15
    own = [_nearest_group(after, asset, group) == group[asset - 1] for asset in range(151, 166)]
    assert np.mean(own) > 0.9


def _nearest_group(found: dict[int, list[float]], asset: int, group: np.ndarray) -> int:
    others = [other for other in found if other <= 150]
    apart = np.linalg.norm(np.array([found[other] for other in others]) - found[asset], axis=1)
    return int(group[others[int(apart.argmin())] - 1])


def test_a_picture_whose_content_changed_gets_another_place(engine: Engine, collection: Collection) -> None:
    vectors, _ = clustered(120)
    fill(collection, vectors)
    before = places(MapMaker(engine, collection).run())
    far = max(before, key=lambda asset: np.linalg.norm(np.array(before[asset]) - before[1]))
    collection.delete([point_id(f"{1:064x}", 1)])
    collection.upsert([Point(point_id("f" * 64, 1), vectors[far - 1], {"folder": 1, "asset": 1})])
    after = places(MapMaker(engine, collection).run())
    assert np.linalg.norm(np.array(after[1]) - after[far]) < 0.3
    assert {asset: place for asset, place in after.items() if asset != 1} == {
        asset: place for asset, place in before.items() if asset != 1
    }


def test_everything_is_laid_out_anew_when_asked_or_when_much_has_come(
    engine: Engine, collection: Collection
) -> None:
    vectors, _ = clustered(100)
    fill(collection, vectors[:50])
    before = places(MapMaker(engine, collection).run())
    fill(collection, vectors[50:], first=51)
    made = MapMaker(engine, collection).run()
    assert made is not None
    assert made.about["added"] == 0
    assert {asset: places(made)[asset] for asset in before} != before
    assert places(MapMaker(engine, collection).run(again=True)) == places(made)


def test_of_very_many_some_are_laid_out_and_the_rest_put_beside(
    engine: Engine, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pinakes.search.mapping import map_maker

    monkeypatch.setattr(map_maker, "MOST_LAID_OUT", 150)
    vectors, group = clustered(400)
    fill(collection, vectors)
    made = MapMaker(engine, collection).run()
    found = np.array(list(places(made).values()))
    apart = np.linalg.norm(found[:, None] - found, axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (group[apart.argmin(axis=1)] == group).mean() > 0.9


def test_an_asset_that_left_the_index_is_not_shown(engine: Engine, collection: Collection) -> None:
    fill(collection, clustered(20)[0])
    made = MapMaker(engine, collection).run()
    rows = [
        {"index": collection_name(MODEL), "asset": asset, "sha256": "0" * 64, "payload": ""}
        for asset in range(1, 11)
    ]
    with engine.begin() as connection:
        connection.execute(insert(indexed), rows)
    assert made is not None
    assert stored.present(engine, made).assets.tolist() == list(range(1, 11))


def test_regions_are_named_by_the_tags_that_only_they_have(engine: Engine, collection: Collection) -> None:
    vectors, group = clustered(150, groups=3)
    named = ("beach", "snow", "party")
    for number in range(3):
        own = vectors[group == number]
        fill(collection, own, first=1000 * (number + 1), tags=["photo", named[number]])
    made = MapMaker(engine, collection).run()
    assert made is not None
    regions = made.about["regions"]
    assert {region["words"][0] for region in regions} == set(named)
    for region in regions:
        numbers = {asset // 1000 for asset in region["assets"]}
        assert {named[number - 1] for number in numbers} == {region["words"][0]}


class Words:
    """A text side that knows one noun for each of some vectors, and is far from everything else."""

    def __init__(self, known: dict[str, Vector]) -> None:
        self._known = {as_caption(noun): vector for noun, vector in known.items()}

    def embed_texts(self, texts: Any) -> list[Vector | Refusal]:
        nowhere = np.zeros(MODEL.dimensions, np.float32)
        return [self._known.get(text, nowhere) for text in texts]


def test_regions_without_words_are_named_by_the_model(engine: Engine, collection: Collection) -> None:
    vectors, group = clustered(120, groups=3)
    chosen = nouns()[5:8]
    fill(collection, vectors)
    known = {noun: vectors[group == number].mean(axis=0) for number, noun in enumerate(chosen)}
    made = MapMaker(engine, collection, texts=Words(known)).run()
    assert made is not None
    for region in made.about["regions"]:
        assert region["words"][0] == chosen[group[region["assets"][0] - 1]]


def test_making_a_map_says_how_far_it_is_and_can_be_stopped(engine: Engine, collection: Collection) -> None:
    fill(collection, clustered(60)[0])
    phases: list[str] = []

    def watch(phase: str, done: int, total: int | None) -> None:
        phases.append(phase)
        if phase == "laying out" and done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        MapMaker(engine, collection).run(watch=watch)
    assert list(dict.fromkeys(phases)) == [
        "finding axes",
        "reading vectors",
        "finding neighbours",
        "laying out",
    ]
    assert stored.read(engine, collection_name(MODEL)) is None
