"""Paths are kept as the file system's own bytes, and found by the folder they lie below."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from pinakes.db.paths import below
from pinakes.db.session import open_database
from pinakes.db.tables import assets

NAMES = st.binary(min_size=1, max_size=12).map(
    lambda raw: os.fsdecode(raw.replace(b"\x00", b"x").replace(b"/", b"y"))
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_database(tmp_path_factory.mktemp("state"))
    yield opened
    opened.dispose()


def add(engine: Engine, paths: set[str]) -> None:
    row = {
        "folder": "/",
        "bytes": 0,
        "mtime_ns": 0,
        "inode": "",
        "device": "",
        "outcome": "skipped",
        "seen_in": 1,
    }
    with engine.begin() as connection:
        connection.execute(assets.delete())
        if paths:
            connection.execute(insert(assets), [{"path": path, **row} for path in sorted(paths)])


def kept(engine: Engine, folders: list[str] | None = None) -> list[str]:
    query = select(assets.c.path).order_by(assets.c.path)
    with engine.connect() as connection:
        return list(connection.scalars(query if folders is None else query.where(below(folders))))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(NAMES.map(lambda name: "/photos/" + name), max_size=20))
def test_any_name_comes_back_as_it_was_in_byte_order(engine: Engine, paths: set[str]) -> None:
    add(engine, paths)
    assert kept(engine) == sorted(paths, key=os.fsencode)


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        (["/a"], ["/a/1", "/a/b/2", "/a/\udcff"]),
        (["/a/"], ["/a/1", "/a/b/2", "/a/\udcff"]),
        (["/a", "/c"], ["/a/1", "/a/b/2", "/a/\udcff", "/c/4"]),
        (["/"], ["/a/1", "/a/b/2", "/a/\udcff", "/a-b/3", "/c/4"]),
        (["/none"], []),
    ],
)
def test_below_finds_what_lies_below_and_nothing_beside(
    engine: Engine, folders: list[str], expected: list[str]
) -> None:
    add(engine, {"/a/1", "/a/b/2", "/a/\udcff", "/a-b/3", "/c/4"})
    assert sorted(kept(engine, folders)) == sorted(expected)


def test_the_index_answers_it(engine: Engine) -> None:
    query = select(assets.c.path).where(below(["/a"]))
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "explain query plan " + str(query.compile(engine, compile_kwargs={"literal_binds": True}))
        ).all()
    assert any("INDEX" in str(row) for row in plan), plan
