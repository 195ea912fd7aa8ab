"""The order of a grid by date over twenty thousand pictures: each is there once, wherever a page begins."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.web.library import make
from sqlalchemy import Connection, select

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents
from pinakes.services.library.viewing import grid
from pinakes.services.library.viewing.stretches import Stretch, stretch

PICTURES = 20_000

#: Month of a tenth of the pictures.
CROWDED = "2019-07"

#: As the tables of files have it: asset, path, moment.
Truth = list[tuple[int, str, float | None]]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    state = tmp_path_factory.mktemp("grid") / "state"
    make(state, Path("/nowhere"), PICTURES, 10)
    engine = open_database(state)
    with engine.execution_options(readonly=True).connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def truth(library: Connection) -> Truth:
    joined = select(assets.c.id, assets.c.path, contents.c.taken_at).join(contents)
    rows = [(row[0], row[1], row[2]) for row in library.execute(joined)]
    return sorted(rows, key=lambda row: (-1e18 if row[2] is None else row[2], row[0]), reverse=True)


def pages(library: Connection, month: str, folder: str | None = None, size: int = 700) -> list[int]:
    """The assets of a month, page by page."""
    found: list[int] = []
    while page := grid.page(library, month, folder, len(found), size)["assets"]:
        assert len(page) <= size
        found += page
    return found


def test_every_picture_is_there_once_newest_first_and_those_without_a_date_last(
    library: Connection, truth: Truth
) -> None:
    months = grid.every_month(library, None)
    names = [month["month"] for month in months]
    assert names == [*sorted(names[:-1], reverse=True), "undated"]
    found = {name: pages(library, name) for name in names}
    assert [asset for name in names for asset in found[name]] == [asset for asset, _, _ in truth]
    assert all(len(found[month["month"]]) == month["count"] for month in months)
    assert sum(month["count"] for month in months) == PICTURES


def test_a_page_anywhere_is_that_part_of_the_month(library: Connection) -> None:
    whole = pages(library, CROWDED)
    assert len(whole) >= PICTURES // 10 - PICTURES // 100
    chance = random.Random(4)
    for _ in range(60):
        offset, limit = chance.randrange(len(whole) + 5), chance.randrange(1, 300)
        page = grid.page(library, CROWDED, None, offset, limit)
        assert page["assets"] == whole[offset : offset + limit]
        assert page["taken_at"] == sorted(page["taken_at"], reverse=True)
        assert len({len(column) for column in page.values()}) == 1


def test_pictures_without_a_date_have_none(library: Connection) -> None:
    page = grid.page(library, "undated", None, 0, 50)
    assert page["taken_at"] == [None] * 50 and page["assets"] == sorted(page["assets"], reverse=True)


@pytest.mark.parametrize(
    "folder",
    ["/nowhere/2019", "/nowhere/2019/", "/nowhere/2019/07", "/nowhere/albums", "/nowhere/albums/125", "/"],
)
def test_a_folder_has_its_own_pictures_and_no_others(library: Connection, truth: Truth, folder: str) -> None:
    within = folder.rstrip("/") + "/"
    months = grid.every_month(library, folder)
    found = [asset for month in months for asset in pages(library, month["month"], folder, 450)]
    assert found == [asset for asset, path, _ in truth if path.startswith(within)]
    assert sum(month["count"] for month in months) == len(found) > 0


@pytest.mark.parametrize("folder", ["/nowhere/20", "/nowhere/2019/7", "/elsewhere", "/nowhere/../nowhere"])
def test_what_is_no_folder_of_the_library_has_no_pictures(library: Connection, folder: str) -> None:
    assert grid.every_month(library, folder) == [] and pages(library, CROWDED, folder) == []


def test_a_folder_that_is_not_absolute_and_a_month_that_is_none_are_refused(library: Connection) -> None:
    for folder in ("", "photos", "/a\0b"):
        with pytest.raises(InvalidRequest):
            grid.every_month(library, folder)
    for month in ("2019", "2019-13", "Undated", "2019-07 "):
        with pytest.raises(InvalidRequest):
            grid.page(library, month, None, 0, 1)


def test_a_picture_is_found_where_the_pages_have_it(library: Connection) -> None:
    for folder in (None, "/nowhere/2019"):
        whole = pages(library, CROWDED, folder)
        for offset in (0, 1, len(whole) // 3, len(whole) - 1):
            assert grid.place(library, whole[offset], folder) == (CROWDED, offset)
    with pytest.raises(NotFound):
        grid.place(library, PICTURES + 1, None)
    with pytest.raises(NotFound):
        grid.place(library, pages(library, CROWDED)[0], "/elsewhere")


def test_a_span_is_its_months_one_after_the_other(library: Connection) -> None:
    names = ["2012-03", "2012-02", "2012-01", "2011-12"]
    whole = [asset for name in names for asset in pages(library, name)]
    assert grid.span(library, names[0], names[-1], None, len(whole) + 10)["assets"] == whole
    assert grid.span(library, names[0], names[-1], None, 20)["assets"] == whole[:20]


@pytest.mark.parametrize(
    ("folder", "offset", "wanted"),
    [
        (None, 0, "USING PRIMARY KEY (month=?)"),
        (None, 1900, "USING PRIMARY KEY (month=?)"),
        ("/nowhere", 900, "USING PRIMARY KEY (month=?)"),
        ("/nowhere/albums", 0, "USING PRIMARY KEY (month=?)"),
        ("/nowhere/albums/125", 0, "USING COVERING INDEX shown_by_directory (directory=? AND month=?)"),
    ],
)
def test_a_page_is_one_stretch_of_the_table(
    library: Connection, folder: str | None, offset: int, wanted: str
) -> None:
    found = stretch(library, CROWDED, folder, offset, 200)
    assert found is not None
    plan = plan_of(library, found)
    assert wanted in plan and "SCAN shown" not in plan, plan


def plan_of(library: Connection, found: Stretch) -> str:
    """How SQLite reaches a stretch."""
    written = found.query.compile(library, compile_kwargs={"literal_binds": True})
    return "\n".join(row[-1] for row in library.exec_driver_sql(f"explain query plan {written}"))
