"""Opening a library: made once, by any number of processes, never by a version that is too old for it."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from tests.small_disk import fill, small_disk

from pinakes.core.errors import DiskFull, PinakesError, StateUnusable
from pinakes.db.session import HEAD, KNOWN, connect, open_database
from pinakes.db.tables import journal, metadata


def opened_elsewhere(state: str) -> str:
    try:
        open_database(Path(state)).dispose()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "opened"


def connected_elsewhere(database: str) -> str:
    try:
        for _ in range(20):
            engine = connect(f"sqlite:///{database}")
            with engine.begin() as connection:
                connection.execute(text("create table if not exists marks (mark integer)"))
            engine.dispose()  # the last to leave folds the write-ahead log back in
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "connected"


def test_a_new_library_has_every_table(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "deep" / "state")
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_the_migrations_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_known_revisions_are_those_that_ship(repository: Path) -> None:
    scripts = ScriptDirectory(str(repository / "src" / "pinakes" / "db" / "migrations"))
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == KNOWN
    assert scripts.get_current_head() == HEAD


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.begin() as connection:
        connection.execute(text("insert into scans (folders, started_at) values ('[]', 1.0)"))
    engine.dispose()
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from scans")) == 1
    engine.dispose()


def test_a_write_survives_the_death_of_the_machine_as_far_as_sqlite_can(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        assert connection.scalar(text("pragma journal_mode")) == "wal"
        assert connection.scalar(text("pragma synchronous")) == 2
        assert connection.scalar(text("pragma foreign_keys")) == 1
        assert connection.scalar(text("pragma busy_timeout")) == 30000
    engine.dispose()


def test_the_journal_cannot_be_changed(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    line = {"at": 1.0, "act": "a", "actor": "b", "event": "done", "item": 1, "verb": "trash", "detail": {}}
    with engine.begin() as connection:
        connection.execute(journal.insert().values(line))
    for statement in ("update journal set actor = 'c'", "delete from journal"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_a_state_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    with sqlite3.connect(tmp_path / "library.sqlite3") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    with pytest.raises(StateUnusable, match="newer version") as caught:
        open_database(tmp_path)
    assert "Update Pinakes" in caught.value.remedy
    with sqlite3.connect(tmp_path / "library.sqlite3") as connection:
        assert connection.execute("select version_num from alembic_version").fetchone() == ("9999",)
    connection.close()


def test_a_damaged_state_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite3").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StateUnusable, match="cannot be used"):
        open_database(tmp_path)


def test_a_state_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    place = tmp_path / "state"
    place.write_text("not a directory")
    with pytest.raises(StateUnusable, match="state"):
        open_database(place)


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        (disk / "state").mkdir()
        fill(disk)
        with pytest.raises(PinakesError) as caught:
            open_database(disk / "state")
        assert isinstance(caught.value, DiskFull)


def test_several_processes_may_make_it_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.map(opened_elsewhere, [str(tmp_path / "state")] * 8, chunksize=1) == ["opened"] * 8


def test_processes_that_come_and_go_at_once_never_refuse_one_another(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(6) as pool:
        for number in range(30):
            databases = [str(tmp_path / f"{number}.sqlite3")] * 6
            assert pool.map(connected_elsewhere, databases, chunksize=1) == ["connected"] * 6
