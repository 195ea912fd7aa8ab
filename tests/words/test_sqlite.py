"""What only a file can do: be read by others, be killed over, be damaged, be another version's."""

import random
import sqlite3
import time
from pathlib import Path

import pytest
from tests.small_disk import fill, small_disk
from tests.vectors.stores import quick_directory
from tests.words.indexes import document
from tests.words.writing import BATCH, Writer, fork_server

from pinakes.core.errors import DeadlineExceeded, DiskFull, StateBusy, StateUnusable
from pinakes.core.payload import PICTURES, Field, Kind, Schema
from pinakes.words.sqlite.index import SqliteWordIndex

#: How often the writer is killed, and how long at most after it was heard, seconds.
KILLS, LONGEST = 8, 0.05


def opened(path: Path | None, schema: Schema = PICTURES, *, seconds: float = 10) -> SqliteWordIndex:
    return SqliteWordIndex(path, schema, seconds=seconds)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "words.sqlite3"


def test_what_was_acknowledged_survives_every_kill() -> None:
    draw, written = random.Random(7), 0
    with quick_directory() as directory, fork_server() as context:
        for _ in range(KILLS):
            writer = Writer(context, directory / "words.sqlite3", written)
            heard = writer.wait(60)
            time.sleep(draw.uniform(0, LONGEST))
            written = writer.kill(heard) + 1
            check(directory / "words.sqlite3", written)


def check(path: Path, batches: int) -> None:
    """All of the acknowledged batches, perhaps the next, each document once, found by its own words."""
    index = opened(path)
    assets = [hit.asset for hit in index.query(["sea"], limit=10_000, folders=None)]
    assert len(assets) == len(set(assets)) == index.count(folders=None)
    deleted = {number * BATCH for number in range(batches - 1)}
    expected = set(range(batches * BATCH)) - deleted
    in_flight = set(range(batches * BATCH, (batches + 1) * BATCH))
    assert expected - set(assets) <= {(batches - 1) * BATCH}
    assert set(assets) - expected in (set(), in_flight)
    (last,) = index.query([f"number {batches * BATCH - 1}"], limit=5, folders=None, without=["nothing"])
    assert last.asset == batches * BATCH - 1
    index.close()
    with sqlite3.connect(path) as connection:
        connection.execute("insert into found(found) values ('integrity-check')")
    connection.close()


def test_others_read_while_one_writes(file: Path) -> None:
    writer, reader = opened(file), opened(file)
    writer.upsert([document(1, "dog")])
    assert [hit.asset for hit in reader.query(["dog"], limit=5, folders=None)] == [1]
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("begin immediate")
        other.execute("delete from documents")
        assert reader.count(folders=None) == 1
        other.execute("rollback")
    other.close()
    for index in (writer, reader):
        index.close()


def test_a_writer_that_waits_too_long_for_another_is_told(file: Path) -> None:
    index = opened(file, seconds=0.2)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin immediate")
    began = time.monotonic()
    with pytest.raises(StateBusy, match="Another process"):
        index.upsert([document(1, "dog")])
    assert time.monotonic() - began < 5
    other.execute("rollback")
    other.close()
    index.upsert([document(1, "dog")])
    assert index.count(folders=None) == 1
    index.close()


def test_a_question_that_takes_too_long_is_given_up(file: Path) -> None:
    index = opened(file)
    index.upsert([document(n, "common " * 50) for n in range(4000)])
    index.close()
    impatient = opened(file, seconds=0.001)
    with pytest.raises(DeadlineExceeded, match=r"0.001 s"):
        impatient.query(["common"], limit=5, folders=None)
    impatient.close()
    patient = opened(file)
    assert len(patient.query(["common"], limit=5, folders=None)) == 5
    patient.close()


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", megabytes=4) as place:
        index = opened(place / "words.sqlite3")
        index.upsert([document(1, "dog")])
        ballast = fill(place)
        with pytest.raises(DiskFull, match="full"):
            for n in range(2, 1000):
                index.upsert([document(n, f"dog {n} " * 500)])
        stored = index.count(folders=None)
        assert index.query(["dog"], limit=1, folders=None)
        ballast.unlink()
        index.upsert([document(2000, "dog")])
        assert index.count(folders=None) == stored + 1
        index.close()


def test_a_damaged_file_is_told_with_its_name(file: Path) -> None:
    file.write_bytes(b"this is no database, " * 1000)
    with pytest.raises(StateUnusable, match=r"words.sqlite3"):
        opened(file)


def test_damage_in_the_middle_is_told(file: Path) -> None:
    index = opened(file)
    index.upsert([document(n, f"dog {n}", TEXT="word " * 200) for n in range(200)])
    index.close()
    whole = bytearray(file.read_bytes())
    whole[8192:] = bytes(len(whole) - 8192)
    file.write_bytes(whole)
    index = None
    with pytest.raises(StateUnusable) as told:
        index = opened(file)
        index.query(["dog"], limit=50, folders=None)
    assert "made again" in told.value.sentence
    if index is not None:
        index.close()


def test_a_directory_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StateUnusable, match="cannot be used"):
        opened(tmp_path)


def test_a_file_of_another_version_is_refused(file: Path) -> None:
    opened(file).close()
    with sqlite3.connect(file) as connection:
        connection.execute("pragma user_version = 99")
    connection.close()
    with pytest.raises(StateUnusable, match="another version"):
        opened(file)


def test_a_field_that_a_later_version_adds_gets_a_column(file: Path) -> None:
    index = opened(file)
    index.upsert([document(1, "dog")])
    index.close()
    wider = Schema(PICTURES.tenant, (*PICTURES.fields, Field("stars", Kind.INTEGER)))
    later = opened(file, wider)
    later.upsert([document(2, "dog", stars=5)])
    assert {hit.asset: hit.payload.get("stars") for hit in later.query([], limit=5, folders=None)} == {
        1: None,
        2: 5,
    }
    later.close()


def test_words_are_looked_up_before_documents(file: Path) -> None:
    index = opened(file)
    index.upsert([document(n, f"dog {n}", folder=n % 7) for n in range(300)])
    index.close()
    with sqlite3.connect(file) as connection:
        plan = connection.execute(
            "explain query plan select found.rowid from found cross join documents "
            "where documents.id = found.rowid and found match 'dog' and documents.folder in (1, 2)"
        ).fetchall()
    connection.close()
    assert "VIRTUAL TABLE" in plan[0][3] and "PRIMARY KEY" in plan[1][3]
