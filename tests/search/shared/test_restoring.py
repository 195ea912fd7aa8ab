from pathlib import Path

from tests.search.shared.conftest import World, found
from tests.search.shared.test_asking import Wordless

from pinakes.core.payload import PICTURES
from pinakes.search.shared.database import open_register
from pinakes.search.shared.register import Register
from pinakes.search.shared.restoring import restore
from pinakes.search.shared.shelf import Shelf
from pinakes.search.shared.types import Place
from pinakes.vectors.memory import MemoryVectorStore
from pinakes.words.sqlite.index import SqliteWordIndex

HERE, THERE = Place("", 1, 3), Place("b", 2, 3)


def reopened(world: World) -> None:
    world.shared = world.opened()
    world.use(world.model)


def test_a_store_that_lost_its_vectors_gets_them_back_without_embedding(world: World) -> None:
    world.embed(HERE, i1="sunset", i2="cat")
    world.embed(THERE, i1="sunset")
    world.store = MemoryVectorStore(PICTURES)
    world.model.forget()
    reopened(world)
    assert found(world.ask("sunset", {3: 1})) == [(1, 3, 1), (1, 3, 2)]
    assert found(world.ask("sunset", {3: 2}, caller="b")) == [(2, 3, 1)]
    assert b"sunset" not in world.model.batches[0]


def test_an_index_of_words_that_was_lost_comes_back(tmp_path: Path) -> None:
    world = World(tmp_path, model=Wordless())
    world.embed(HERE, i1="sunset")
    world.shared.close()
    for part in tmp_path.glob("words.sqlite3*"):
        part.unlink()
    world.store = MemoryVectorStore(PICTURES)
    reopened(world)
    assert found(world.ask("i1", {3: 1})) == [(1, 3, 1)]
    world.shared.close()


def test_what_is_whole_is_left_alone(world: World) -> None:
    world.embed(HERE, i1="sunset")
    shelf = Shelf(world.store)
    shelf.use(world.model.identity)
    words = SqliteWordIndex(world.place / "words.sqlite3", PICTURES, seconds=10)
    assert restore(Register(open_register(world.place)), shelf, words) == 0
    words.close()
