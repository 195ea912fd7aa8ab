import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tests.faiss_indexes import KINDS, unit, write
from tests.search.shared.conftest import World, found
from tests.stand_ins import vector_of

from pinakes.core.errors import FolderUnreadable, InvalidRequest
from pinakes.core.settings import ImageLimits
from pinakes.core.types import ModelIdentity, Refusal
from pinakes.images.processes import Workers
from pinakes.search.shared.faiss_reading import FaissReader, faiss_files
from pinakes.search.shared.takeover import TakenOver, examine, take_over
from pinakes.search.shared.types import Like, Place

pytest.importorskip("faiss", reason="the extra faiss is not installed")

IDENTITY = ModelIdentity("stand-in", "1", "none", 8)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """One reading process for all tests: it takes longer to start than to read."""
    with Workers(1, ImageLimits(seconds=20)) as made:
        yield made


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return tmp_path / "theirs"


def taken(
    world: World, theirs: Path, workers: Workers, *, caller: str = "", rows_are_ids: bool = False
) -> list[TakenOver]:
    files = faiss_files(theirs, caller)
    with FaissReader(workers, rows_are_ids=rows_are_ids) as reader:
        total = examine(files, reader, IDENTITY)
        told: list[tuple[int, int]] = []
        done = list(
            take_over(files, reader, world.shared.writer, total=total, progress=lambda *p: told.append(p))
        )
    assert not told or told[-1][0] <= total
    return done


def test_indexes_become_searchable_by_whose_and_which_folder_they_are(
    world: World, theirs: Path, workers: Workers
) -> None:
    for number, kind in enumerate(KINDS):
        vectors = unit(30, seed=number)
        vectors[0] = vector_of(f"kind {number}".encode())
        write(theirs / f"{number}/{number + 10}.faiss", range(100, 130), vectors, kind)
    done = taken(world, theirs, workers)
    assert [(each.name, each.stored) for each in done] == [
        (f"{number}/{number + 10}.faiss", 30) for number in range(len(KINDS))
    ]
    for number in range(len(KINDS)):
        answer = world.ask(f"kind {number}", {number + 10: number})
        assert len(answer.hits) == 30
        assert (answer.hits[0].image, round(answer.hits[0].score, 5)) == (100, 1.0)


def test_it_can_be_repeated(world: World, theirs: Path, workers: Workers) -> None:
    write(theirs / "1/3.faiss", range(9), unit(9))
    assert taken(world, theirs, workers) == taken(world, theirs, workers)
    assert len(world.ask("x", {3: 1}).hits) == 9
    assert world.store.collections()[0].points == 9


def test_what_was_embedded_from_its_file_since_stays(world: World, theirs: Path, workers: Workers) -> None:
    write(theirs / "1/3.faiss", [1, 2], unit(2))
    taken(world, theirs, workers)
    world.embed(Place("", 1, 3), i2="sunset")
    (again,) = taken(world, theirs, workers)
    assert (again.stored, again.kept) == (1, 1)
    assert world.ask("sunset", {3: 1}).hits[0].image == 2


def test_they_become_those_of_one_caller(world: World, theirs: Path, workers: Workers) -> None:
    write(theirs / "1/3.faiss", [1], unit(1))
    taken(world, theirs, workers, caller="b")
    assert found(world.ask("x", {3: 1}, caller="b")) == [(1, 3, 1)]
    assert world.ask("x", {3: 1}).missing == (3,)


def test_lengths_are_made_one_and_what_is_no_vector_is_named(
    world: World, theirs: Path, workers: Workers
) -> None:
    vectors = np.stack([vector_of(b"sunset") * 20, np.zeros(8), np.full(8, np.nan), np.full(8, 1e30)])
    write(theirs / "1/3.faiss", [5, 6, 7, 8], vectors.astype(np.float32), metric="METRIC_L2")
    (done,) = taken(world, theirs, workers)
    assert (done.stored, done.malformed, done.scaled) == (2, (6, 7), True)
    assert world.ask("sunset", {3: 1}).hits[0].score == pytest.approx(1, abs=1e-5)


def test_of_several_vectors_of_an_image_the_last_stays(world: World, theirs: Path, workers: Workers) -> None:
    vectors = np.stack([unit(1)[0], unit(1, seed=5)[0], vector_of(b"sunset")])
    write(theirs / "1/3.faiss", [7, 8, 7], vectors)
    (done,) = taken(world, theirs, workers)
    assert (done.stored, done.replaced) == (2, 1)
    best = world.ask("sunset", {3: 1}).hits[0]
    assert (best.image, round(best.score, 5)) == (7, 1.0)


def test_an_empty_index_is_an_index(world: World, theirs: Path, workers: Workers) -> None:
    write(theirs / "1/3.faiss", [], unit(0))
    (done,) = taken(world, theirs, workers)
    assert done.stored == 0
    assert world.ask("x", {3: 1}).missing == ()


@pytest.mark.parametrize("listed", [[40, 41, 42], {"0": 40, "1": 41, "2": 42}])
def test_rows_are_named_by_a_list_beside_the_index(
    world: World, theirs: Path, workers: Workers, listed: object
) -> None:
    write(theirs / "1/3.faiss", None, unit(3), "Flat")
    (theirs / "1/3.json").write_text(json.dumps(listed))
    taken(world, theirs, workers)
    assert sorted(hit.image for hit in world.ask("x", {3: 1}).hits) == [40, 41, 42]


def test_rows_are_ids_where_one_says_so(world: World, theirs: Path, workers: Workers) -> None:
    write(theirs / "1/3.faiss", None, unit(3), "HNSW8,Flat")
    with pytest.raises(InvalidRequest, match=r"3\.json, or say --rows-are-ids"):
        taken(world, theirs, workers)
    taken(world, theirs, workers, rows_are_ids=True)
    assert sorted(hit.image for hit in world.ask("x", {3: 1}).hits) == [0, 1, 2]


@pytest.mark.parametrize(
    "listed", ["[1, 2]", "[1, 2, 3, 4]", '[1, 2, "3"]', "[1, 2, -3]", "[1, 2", "3", "[" * 9999]
)
def test_a_list_that_does_not_fit_is_refused(
    world: World, theirs: Path, workers: Workers, listed: str
) -> None:
    write(theirs / "1/3.faiss", None, unit(3), "Flat")
    (theirs / "1/3.json").write_text(listed)
    with pytest.raises(InvalidRequest, match=r"3\.json beside it does not name an image"):
        taken(world, theirs, workers)


def test_one_file_that_cannot_be_taken_over_leaves_everything_as_it_was(
    world: World, theirs: Path, workers: Workers
) -> None:
    whole = write(theirs / "1/3.faiss", range(9), unit(9)).read_bytes()
    (theirs / "1/4.faiss").write_bytes(whole[:-20])
    write(theirs / "2/5.faiss", range(9), unit(9)[:, :4])
    write(theirs / "2/6.faiss", [-1, 2], unit(2))
    with pytest.raises(InvalidRequest) as refused:
        taken(world, theirs, workers)
    said = str(refused.value)
    assert "3 of 4 files cannot be taken over, and nothing was changed" in said
    assert "1/4.faiss: It is no whole FAISS index" in said
    assert "2/5.faiss: Its vectors have 4 dimensions; those of stand-in have 8" in said
    assert "--model" in said
    assert "2/6.faiss: It has an image of the number -1" in said
    assert world.ask("x", {3: 1}).missing == (3,)


def test_hostile_files_are_refused_whatever_faiss_makes_of_them(theirs: Path, workers: Workers) -> None:
    whole = write(theirs / "1/3.faiss", range(40), unit(40), "IDMap,HNSW8,Flat").read_bytes()
    random = Random(3)
    for number in range(12):
        harmed = bytearray(whole)
        for _ in range(4):
            place = random.randrange(4, 200)
            harmed[place : place + 8] = random.choice(
                (b"\xff" * 8, b"\x7f" + b"\xff" * 7, random.randbytes(8))
            )
        (theirs / f"1/{number}.faiss").write_bytes(harmed)
    files = faiss_files(theirs, "")
    with FaissReader(workers, rows_are_ids=False) as reader:
        for file in files:
            contents = reader.read(file)
            assert isinstance(contents, Refusal) or len(contents.images) == len(contents.vectors)


@pytest.mark.parametrize(
    "name", ["ada/3.faiss", "1/cats.faiss", "01/3.faiss", "1/99999999999999999999.faiss"]
)
def test_indexes_must_be_named_by_numbers(theirs: Path, name: str) -> None:
    (theirs / name).parent.mkdir(parents=True)
    (theirs / name).write_bytes(b"IxMp")
    with pytest.raises(InvalidRequest, match="<user_id>/<folder_id>"):
        faiss_files(theirs, "")


def test_a_directory_without_indexes_is_said(theirs: Path) -> None:
    with pytest.raises(FolderUnreadable):
        faiss_files(theirs, "")
    theirs.mkdir()
    with pytest.raises(InvalidRequest, match="There is no <user_id>"):
        faiss_files(theirs, "")


def test_images_taken_over_are_like_others_but_cannot_be_embedded_again(
    world: World, theirs: Path, workers: Workers
) -> None:
    write(theirs / "1/3.faiss", [1, 2], unit(2))
    taken(world, theirs, workers)
    assert found(world.ask(Like(image=1), {3: 1})) == [(1, 3, 2)]


def test_a_file_of_nothing_but_malformed_vectors_gives_an_empty_index(
    world: World, theirs: Path, workers: Workers
) -> None:
    write(theirs / "1/3.faiss", [5, 6], np.zeros((2, 8), np.float32))
    (done,) = taken(world, theirs, workers)
    assert (done.stored, done.malformed) == (0, (5, 6))
    answer = world.ask("x", {3: 1})
    assert (answer.hits, answer.missing) == ((), ())
