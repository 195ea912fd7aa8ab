"""Places in the timeline, and the pictures between two of them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.services.library.conftest import Place, settings_of
from tests.stand_ins import served

from pinakes.db.tables import assets, contents, directories
from pinakes.services.opened import open_library
from pinakes.services.whole import build_application

#: Months of the library of these tests, with their numbers of pictures.
MONTHS = {"2020-02": 7, "2019-12": 1, "2019-11": 2, "undated": 3}


#: First seconds of those that are months.
BEGINS = {
    month: datetime.strptime(f"{month}+0000", "%Y-%m%z").timestamp() for month in MONTHS if month != "undated"
}


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An application over rows without files: some months, and what has no date."""
    root = tmp_path_factory.mktemp("dated")
    (root / "photos").mkdir()
    library = open_library(settings_of(root), [str(root / "photos")])
    with library.engine.begin() as connection:
        for half in (0, 1):
            row = {"id": half + 1, "path": str(root / "photos" / str(half))}
            connection.execute(insert(directories), row)
        number = 0
        for month, count in MONTHS.items():
            for day in range(count):
                # Two of a second: the order among them is that of their ids.
                taken = None if month == "undated" else BEGINS[month] + day // 2
                name = f"{number:064x}"
                connection.execute(insert(contents), content(name, taken))
                connection.execute(insert(assets), asset(root / "photos" / f"{number % 2}/{number}", name))
                number += 1
    with served(build_application(library)) as client:
        yield Place(client, library, root / "photos")


def content(sha256: str, taken: float | None) -> dict[str, object]:
    return {
        "sha256": sha256,
        "bytes": 1,
        "format": "JPEG",
        "mode": "RGB",
        "width": 4,
        "height": 3,
        "frames": 1,
        "perceptual_hash": bytes(32),
        "hash_quality": 0,
        "taken_at": taken,
        "metadata_fields": 0,
        "metadata": {},
        "prepared_by": "test",
    }


def asset(path: Path, sha256: str) -> dict[str, object]:
    return {
        "path": str(path),
        "folder": str(path.parent),
        "sha256": sha256,
        "bytes": 1,
        "mtime_ns": 0,
        "inode": "1",
        "device": "1",
        "outcome": "stored",
        "directory": int(path.parent.name) + 1,
        "seen_in": 1,
        "missing": False,
    }


def interval(month: str, start: int, end: int) -> dict[str, object]:
    return {"month": month, "start": start, "end": end, "count": MONTHS[month]}


def test_intervals_name_the_pictures_that_the_timeline_shows_there(dated: Place) -> None:
    asked = [interval("2020-02", 1, 3), interval("undated", 0, 3), interval("2020-02", 5, 7)]
    found = dated.post("/timeline/assets", {"intervals": asked}).json()["assets"]
    month = dated.get("/timeline/2020-02").json()["assets"]
    undated = dated.get("/timeline/undated").json()["assets"]
    assert sorted(found) == sorted([*month[1:3], *month[5:7], *undated])


def test_intervals_of_one_folder_count_its_pictures_only(dated: Place) -> None:
    folder = str(dated.photos / "1")
    asked = {"intervals": [{"month": "2020-02", "start": 0, "end": 3, "count": 3}], "folder": folder}
    found = dated.post("/timeline/assets", asked).json()["assets"]
    month = dated.get("/timeline/2020-02").json()["assets"]
    assert found == [one for one in month if one in found] and len(found) == 3


def test_a_month_that_changed_since_is_a_conflict(dated: Place) -> None:
    asked = [{"month": "2020-02", "start": 0, "end": 2, "count": 8}]
    answer = dated.post("/timeline/assets", {"intervals": asked})
    assert answer.status_code == 409 and "changed" in answer.json()["detail"]


def test_what_is_no_interval_is_refused(dated: Place) -> None:
    for wrong in ({"start": 2, "end": 2}, {"start": 0, "end": 8}, {"start": -1, "end": 2}):
        answer = dated.post("/timeline/assets", {"intervals": [{**interval("2020-02", 0, 1), **wrong}]})
        assert answer.status_code == 422, wrong
    many = [{"month": "2020-02", "start": 0, "end": 10_001, "count": 20_000}]
    assert dated.post("/timeline/assets", {"intervals": many}).status_code == 400
    assert dated.post("/timeline/assets", {"intervals": []}).status_code == 422
    odd = [{"month": "2020-13", "start": 0, "end": 1, "count": 1}]
    assert dated.post("/timeline/assets", {"intervals": odd}).status_code == 400


def test_every_picture_is_told_its_place(dated: Place) -> None:
    for month in MONTHS:
        for offset, one in enumerate(dated.get(f"/timeline/{month}").json()["assets"]):
            assert dated.get(f"/timeline/places/{one}").json() == {"month": month, "offset": offset}
    assert dated.get("/timeline/places/9999").status_code == 404
    inside = dated.get("/timeline/places/4", folder=str(dated.photos / "1"))
    assert inside.status_code == 200 and inside.json()["offset"] < 3


def test_a_span_has_the_pictures_of_its_months_in_the_order_of_the_timeline(dated: Place) -> None:
    page = dated.get("/timeline/span", newest="2020-02", oldest="2019-11").json()
    listed = [
        one
        for month in MONTHS
        if month != "undated"
        for one in dated.get(f"/timeline/{month}").json()["assets"]
    ]
    assert page["assets"] == listed and len(page["ratios"]) == len(page["sha256"]) == 10
    assert len(dated.get("/timeline/span", newest="2019-12", oldest="2019-11").json()["assets"]) == 3
    assert dated.get("/timeline/span", newest="2019-12", oldest="2019").status_code == 400
    assert (
        dated.get("/timeline/span", newest="2020-02", oldest="2019-11", limit=2).json()["assets"]
        == listed[:2]
    )
