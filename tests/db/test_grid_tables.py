"""The grid's tables say the same as those of files, whoever wrote and in whatever order."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents, directories, months, shown

#: Names of contents and moments they may be taken at.
NAMES = ("a" * 64, "b" * 64, "c" * 64)
MOMENTS = (None, 0.0, -5e8, 1_561_939_200.5, 1_561_939_200.0, 1_564_617_600.0)


def content(sha256: str, taken_at: float | None, width: int) -> dict[str, object]:
    return {
        "sha256": sha256,
        "bytes": 1,
        "format": "PNG",
        "mode": "RGB",
        "width": width,
        "height": 3,
        "frames": 1,
        "perceptual_hash": b"\0" * 32,
        "hash_quality": 1,
        "taken_at": taken_at,
        "metadata_fields": 0,
        "metadata": {},
        "placeholder": "x" * width,
        "prepared_by": "test",
    }


def asset(
    path: int, sha256: str | None, directory: int | None, size: int, missing: bool
) -> dict[str, object]:
    return {
        "path": f"/{path}",
        "folder": "/",
        "sha256": sha256,
        "directory": directory,
        "bytes": size,
        "mtime_ns": 0,
        "inode": "",
        "device": "",
        "outcome": "refused" if sha256 is None else "stored",
        "seen_in": 1,
        "missing": missing,
    }


#: An act on one of five files or three contents.
ACTS = st.one_of(
    st.tuples(
        st.just("file"),
        st.integers(0, 4),
        st.sampled_from((*NAMES, None)),
        st.sampled_from((None, 1, 2)),
        st.integers(0, 2),
        st.booleans(),
    ),
    st.tuples(st.just("mark"), st.integers(0, 4), st.booleans()),
    st.tuples(st.just("forget"), st.integers(0, 4)),
    st.tuples(st.just("content"), st.sampled_from(NAMES), st.sampled_from(MOMENTS), st.integers(1, 5)),
)


def act(connection: Connection, kind: str, *given: object) -> None:
    """What writers of the library do: upsert as a scan does, mark, delete."""
    if kind == "file":
        row = asset(*given)  # type: ignore[arg-type]
        statement = upsert(assets)
        changed = {name: statement.excluded[name] for name in row if name != "path"}
        connection.execute(statement.on_conflict_do_update(index_elements=["path"], set_=changed), row)
    elif kind == "mark":
        connection.execute(update(assets).where(assets.c.path == f"/{given[0]}").values(missing=given[1]))
    elif kind == "forget":
        connection.execute(delete(assets).where(assets.c.path == f"/{given[0]}"))
    else:
        row = content(*given)  # type: ignore[arg-type]
        statement = upsert(contents)
        changed = {name: statement.excluded[name] for name in row if name != "sha256"}
        connection.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_=changed), row)


def expected(connection: Connection) -> set[tuple[object, ...]]:
    """What is to be shown, told by the tables of files."""
    found: set[tuple[object, ...]] = set()
    for row in connection.execute(
        select(assets, contents.c.taken_at, contents.c.width, contents.c.placeholder).join(contents)
    ).mappings():
        if row["outcome"] == "stored" and not row["missing"]:
            month = MONTHS[row["taken_at"]]
            ratio, held = round(row["width"] / 3 * 10_000), row["directory"]
            taken, directory = row["taken_at"] or 0.0, -1 if held is None else held
            named = (row["id"], row["sha256"], ratio, row["placeholder"], directory, row["bytes"])
            found.add((month, taken, *named))
    return found


MONTHS = dict(zip(MOMENTS, ("undated", "1970-01", "1954-02", "2019-07", "2019-07", "2019-08"), strict=True))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_database(tmp_path_factory.mktemp("grid"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=25))
def test_the_grid_is_that_of_the_files_after_any_acts(engine: Engine, acts: list[tuple[object, ...]]) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        for name in NAMES:
            connection.execute(insert(contents), content(name, None, 3))
        for one in acts:
            act(connection, *one)  # type: ignore[arg-type]
        rows: set[tuple[Any, ...]] = {tuple(row) for row in connection.execute(select(shown))}
        assert rows == expected(connection)
        counts: Counter[tuple[object, ...]] = Counter()
        for month, _, _, _, ratio, _, directory, size in rows:
            for where in (0, directory):
                counts.update({(where, month, "count"): 1})
                counts.update({(where, month, "ratios"): ratio, (where, month, "bytes"): size})
        kept = {
            (row["directory"], row["month"], name): row[name]
            for row in connection.execute(select(months)).mappings()
            for name in ("count", "ratios", "bytes")
        }
        assert kept == counts
        transaction.rollback()


def test_a_directory_is_never_the_number_of_all(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.begin() as connection:
        connection.execute(insert(directories), [{"path": "/a"}])
        assert connection.scalar(select(directories.c.id)) == 1
    engine.dispose()
