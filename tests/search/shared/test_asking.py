from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.search.shared.conftest import World, found, later
from tests.stand_ins import CORRUPT, StandInModel

from pinakes.core.errors import ImageRefused, InvalidRequest, NotFound
from pinakes.core.types import Task
from pinakes.models.base import LoadedModel
from pinakes.search.shared.types import Like, Place

CALLERS, OWNERS, FOLDERS, IMAGES = ("", "b", "c"), (1, 2, 3), (1, 2, 3), (10, 11)

HERE = Place("", 1, 3)


class Wordless(StandInModel):
    """A model that embeds pictures only."""

    def load(self) -> LoadedModel:
        from dataclasses import replace

        loaded = super().load()
        return replace(loaded, tasks={Task.IMAGE_EMBEDDING: self})


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Every caller has the same numbers of owners, folders and images, but for one index."""
    world = World(tmp_path_factory.mktemp("crowd"))
    for caller in CALLERS:
        for owner in OWNERS:
            for folder in FOLDERS:
                if (caller, owner, folder) != ("", 1, 1):
                    contents = {f"i{image}": f"{caller} {owner} {folder} {image}" for image in IMAGES}
                    world.embed(Place(caller, owner, folder), **contents)
    yield world
    world.shared.close()


@given(
    caller=st.sampled_from((*CALLERS, "stranger")),
    owners=st.dictionaries(st.integers(0, 4), st.integers(0, 4)),
    words=st.sampled_from(("sunset", "b 2 2 10", " 1 1 10")),
)
def test_no_hit_is_outside_the_granted_folders_and_none_within_is_missed(
    crowd: World, caller: str, owners: dict[int, int], words: str
) -> None:
    answer = crowd.ask(words, owners, caller=caller)
    granted = {
        (owner, folder)
        for folder, owner in owners.items()
        if caller in CALLERS
        and owner in OWNERS
        and folder in FOLDERS
        and (caller, owner, folder) != ("", 1, 1)
    }
    assert sorted(found(answer)) == sorted((*place, image) for place in granted for image in IMAGES)
    assert set(answer.missing) == set(owners) - {folder for _, folder in granted}
    assert [hit.score for hit in answer.hits] == sorted((hit.score for hit in answer.hits), reverse=True)


@given(owner=st.sampled_from(OWNERS), folder=st.sampled_from(FOLDERS), image=st.sampled_from(IMAGES))
def test_of_callers_with_the_same_numbers_each_sees_its_own(
    crowd: World, owner: int, folder: int, image: int
) -> None:
    for caller in ("b", "c"):
        for content, expected in ((caller, True), ("cb"[caller == "c"], False)):
            hits = crowd.ask(f"{content} {owner} {folder} {image}", {folder: owner}, caller=caller).hits
            assert (max(hit.score for hit in hits) > 0.999) == expected


def test_what_the_best_of_all_are_does_not_hide_the_best_of_a_folder(crowd: World) -> None:
    (hit,) = crowd.ask("b 2 2 10", {3: 3}, caller="b", limit=1).hits
    assert (hit.owner, hit.folder) == (3, 3)


def test_a_folder_of_another_owner_than_is_said_is_missing(world: World) -> None:
    world.embed(HERE, i1="sunset")
    answer = world.ask("sunset", {3: 2})
    assert (answer.hits, answer.missing) == ((), (3,))


def test_no_folders_are_no_hits(world: World) -> None:
    world.embed(HERE, i1="sunset")
    assert world.ask("sunset", {}).hits == ()


def test_a_picture_finds_those_like_it(world: World) -> None:
    world.embed(HERE, i1="sunset", i2="cat")
    for like in (Like(encoded=b"cat"), Like(path=world.file("asked.jpg", "cat"))):
        assert world.ask(like, {3: 1}).hits[0].image == 2


def test_an_image_of_the_folders_finds_others_but_itself(world: World) -> None:
    world.embed(HERE, i1="sunset", i2="cat")
    world.embed(Place("", 1, 4), i9="sunset")
    answer = world.ask(Like(image=1), {3: 1, 4: 1}, limit=2)
    assert found(answer) == [(1, 4, 9), (1, 3, 2)]


def test_an_image_outside_the_folders_is_not_there(world: World) -> None:
    world.embed(HERE, i1="sunset")
    world.embed(Place("b", 1, 4), i2="cat")
    world.embed(Place("", 1, 4), i3="dog")
    for image in (2, 3, 77):
        with pytest.raises(NotFound, match=f"No image {image}"):
            world.ask(Like(image=image), {3: 1})


def test_a_picture_to_look_like_must_be_one_below_the_root(world: World) -> None:
    world.embed(HERE, i1="sunset")
    with pytest.raises(InvalidRequest, match="out of the image root"):
        world.ask(Like(path="../../x.jpg"), {3: 1})
    with pytest.raises(InvalidRequest, match="no such file"):
        world.ask(Like(path="none.jpg"), {3: 1})
    with pytest.raises(ImageRefused):
        world.ask(Like(encoded=CORRUPT), {3: 1})


def test_a_model_without_words_searches_names_of_files_and_says_so(tmp_path: Path) -> None:
    world = World(tmp_path, model=Wordless())
    for place, name in (
        (HERE, "Sunset at the beach.jpg"),
        (HERE, "cat.jpg"),
        (Place("", 2, 3), "sunset.jpg"),
    ):
        number = len(name)
        path = world.file(f"sunset/{place.owner}/{name}", name)
        world.shared.writer.embed(place, {number: path}, until=later())
    answer = world.ask("sunset", {3: 1})
    assert found(answer) == [(1, 3, len("Sunset at the beach.jpg"))]
    assert answer.matched == "file-name"
    assert "knows no words" in answer.notes[0]
    assert world.ask(Like(encoded=b"cat.jpg"), {3: 1}).matched == "embedding"
    world.shared.writer.delete(HERE)
    assert world.ask("sunset", {3: 1}).hits == ()
    world.shared.close()
