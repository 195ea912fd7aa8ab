"""The shared search over the driver that runs where nothing is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.search.shared.conftest import World, found, later
from tests.stand_ins import StandInModel
from tests.vectors.stores import embedded

from pinakes.core.types import ModelIdentity
from pinakes.search.shared.types import Like, Place
from pinakes.vectors.points import Point, point_id


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, store=embedded(tmp_path / "vectors"))
    yield made
    made.shared.close()


def test_a_life_of_some_indexes(world: World) -> None:
    mine, theirs, other = Place("", 1, 3), Place("", 2, 5), Place("b", 1, 3)
    for place in (mine, theirs, other):
        world.embed(place, i1=f"sunset of {place}", i2="cat")
    assert found(world.ask(f"sunset of {theirs}", {3: 1, 5: 2}, limit=1)) == [(2, 5, 1)]
    assert len(world.ask("x", {3: 1, 5: 2}).hits) == 4
    assert found(world.ask(Like(image=2), {3: 1}, caller="b")) == [(1, 3, 1)]
    world.embed(mine, i1="dog")
    assert world.ask("dog", {3: 1}).hits[0].score > 0.999
    world.shared.writer.delete_images(mine, [2])
    world.shared.writer.delete(other)
    assert found(world.ask("x", {3: 1})) == [(1, 3, 1)]
    world.use(StandInModel(revision="2"))
    assert world.ask("x", {5: 2}).hits == ()
    world.shared.writer.reindex(theirs, after=0, limit=10, until=later())
    assert len(world.ask("x", {5: 2}).hits) == 2
    assert sorted(kept.points for kept in world.store.collections()) == [1, 2]


def test_folders_of_the_application_in_the_same_store_are_none_of_ours(world: World) -> None:
    identity: ModelIdentity = world.model.identity
    library = world.store.create(identity)
    world.embed(Place("", 1, 3), i1="sunset")
    vector = world.shared._parts.shelf.vector_of(1)
    assert vector is not None
    library.upsert([Point(point_id("0" * 64, 1), vector, {"folder": 1, "asset": 1})])
    assert len(world.ask("sunset", {3: 1}).hits) == 1
    world.shared.writer.delete(Place("", 1, 3))
    assert library.count(folders=None) == 1
