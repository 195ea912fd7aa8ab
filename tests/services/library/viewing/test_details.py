"""What is told of one file: the file, its content, words, copies, groups, acts."""

import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.pictures import encoded, exif, shapes
from tests.services.library.conftest import Place, settings_of
from tests.stand_ins import served

from pinakes.services.opened import open_library
from pinakes.services.whole import build_application

#: A name that no UTF-8 text has.
ODD = os.fsdecode(b"odd \xff caf\xc3\xa9.jpg")


@pytest.fixture(scope="module")
def shot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A reviewed library: a photo that tells much, twice, one of an odd name, and a broken file."""
    root = tmp_path_factory.mktemp("shot")
    photos = root / "photos"
    photos.mkdir()
    tags = exif(
        Make="Canon",
        Model="Canon EOS 6D",
        DateTimeOriginal="2019:07:04 10:20:30",
        FNumber=2.8,
        ExposureTime=0.004,
        ISOSpeedRatings=200,
        FocalLength=35.0,
    )
    (photos / "a.jpg").write_bytes(encoded(shapes(1), exif=tags))
    (photos / "copy of a.jpg").write_bytes((photos / "a.jpg").read_bytes())
    (photos / ODD).write_bytes(encoded(shapes(2)))
    (photos / "cut.jpg").write_bytes(encoded(shapes(3))[:900])
    library = open_library(settings_of(root), [str(photos)])
    with served(build_application(library)) as client:
        place = Place(client, library, photos)
        place.scanned()
        place.reviewed()
        yield place


def number_of(place: Place, name: str) -> int:
    with sqlite3.connect(place.library.settings.state / "library.sqlite3") as database:
        path = os.fsencode(str(place.photos / name))
        return int(database.execute("select id from assets where path = ?", (path,)).fetchone()[0])


def details(place: Place, name: str) -> dict[str, Any]:
    answer = place.get(f"/assets/{number_of(place, name)}/details")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_file_is_told_with_its_content_and_what_the_camera_wrote(shot: Place) -> None:
    told = details(shot, "a.jpg")
    assert (told["name"], told["folder"]) == ("a.jpg", str(shot.photos))
    assert told["bytes"] == (shot.photos / "a.jpg").stat().st_size
    content = told["content"]
    assert (content["format"], content["width"], content["height"], content["shown"]) == (
        "JPEG",
        256,
        192,
        True,
    )
    assert content["taken_at"] == 1562235630.0
    assert content["metadata"]["camera"] == "Canon EOS 6D" and content["metadata"]["aperture"] == 2.8
    assert content["sources"]["taken_at"] == "EXIF:DateTimeOriginal" and "sources" not in content["metadata"]


def test_other_files_of_the_same_bytes_are_named(shot: Place) -> None:
    told = details(shot, "a.jpg")
    assert told["copies"] == [
        {"asset": number_of(shot, "copy of a.jpg"), "path": str(shot.photos / "copy of a.jpg")}
    ]
    assert told["copies_count"] == 1
    assert details(shot, ODD)["copies"] == []


def test_a_refused_file_says_why_and_has_no_content_and_no_copies(shot: Place) -> None:
    told = details(shot, "cut.jpg")
    assert (told["outcome"], told["content"], told["copies_count"]) == ("refused", None, 0)
    assert told["reason"] and told["detail"]


def test_words_failures_and_indexes_are_those_of_the_file(shot: Place) -> None:
    asset = number_of(shot, ODD)
    sha256 = details(shot, ODD)["content"]["sha256"]
    with sqlite3.connect(shot.library.settings.state / "library.sqlite3") as database:
        database.execute("insert into texts values (?, 'caption', 'm@1+p', 'soft shapes')", (sha256,))
        database.execute("insert into texts values (?, 'text', 'ocr@1+p', 'EXIT')", (sha256,))
        database.execute("insert into texts values (?, 'text', 'other@1+p', '')", (sha256,))
        database.execute(
            "insert into failures values (?, 'embed', 'm@1+p', 'no', 'Too odd.', 2, 5.0)", (sha256,)
        )
        database.execute(
            "insert into indexed values ('words', ?, ?, ':d'), ('vectors', ?, ?, '?')", (asset, sha256) * 2
        )
    told = details(shot, ODD)
    assert told["captions"] == [{"model": "m@1+p", "value": "soft shapes"}]
    assert told["texts"] == [{"model": "ocr@1+p", "value": "EXIT"}]
    assert [(entry["step"], entry["detail"]) for entry in told["failures"]] == [("embed", "Too odd.")]
    assert told["indexes"] == [{"index": "vectors", "told": False}, {"index": "words", "told": True}]
    assert details(shot, "a.jpg")["captions"] == []


def test_what_is_not_there_is_a_problem(shot: Place) -> None:
    for path in ("details", "history"):
        assert shot.get(f"/assets/999999/{path}").status_code == 404
        assert shot.get(f"/assets/0/{path}").status_code == 422
        assert shot.get(f"/assets/{2**63}/{path}").status_code == 422


def test_history_tells_the_groups_of_the_newest_review(shot: Place) -> None:
    (group,) = shot.get(f"/assets/{number_of(shot, 'a.jpg')}/history").json()["groups"]
    assert (group["tier"], group["files"]) == ("bytes", 2)
    assert shot.get(f"/reviews/{group['review']}/groups").json()["groups"][0]["id"] == group["id"]
    (other,) = shot.get(f"/assets/{number_of(shot, 'copy of a.jpg')}/history").json()["groups"]
    assert {group["kept"], other["kept"]} == {True, False}
    assert shot.get(f"/assets/{number_of(shot, ODD)}/history").json() == {"groups": [], "edits": []}


def test_history_tells_what_was_done_to_a_file(place: Place) -> None:
    place.scanned()
    (group,) = place.get(f"/reviews/{place.reviewed()}/groups").json()["groups"]
    asset = number_of(place, Path(group["assets"][1]["path"]).name)
    done = place.post("/resolutions", {"groups": [group["id"]], "dry_run": False}).json()
    act = done["report"]["act"]
    (first, second) = place.get(f"/assets/{asset}/history").json()["edits"][::-1]
    assert (first["act"], first["event"], second["event"]) == (act, "planned", "done")
    assert second["verb"] == "trash" and abs(second["at"] - time.time()) < 60
