"""`scan`, `duplicates`, `resolve`, `undo` and `journal` as a person meets them."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image
from skimage import data
from tests.commands import Ended, here
from tests.pictures import picture


class Shelf:
    """A folder of photos with a state of its own, and the commands over it."""

    def __init__(self, top: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.photos, self.state, self._capture = top / "photos", top / "state", capture
        self.photos.mkdir()
        cat = Image.fromarray(data.chelsea())
        cat.save(self.photos / "cat.png")
        cat.resize((300, 200)).save(self.photos / "small.jpg")
        (self.photos / "again").mkdir()
        shutil.copy(self.photos / "cat.png", self.photos / "again" / "cat copy.png")
        Image.fromarray(data.rocket()).save(self.photos / "rocket.jpg")
        (self.photos / "notes.txt").write_text("no picture")
        (self.photos / "broken.jpg").write_bytes((self.photos / "rocket.jpg").read_bytes()[:5000])

    def __call__(self, command: str, *arguments: object) -> Ended:
        """Run a command over this state."""
        return here(self._capture, command, *map(str, arguments), "--state", self.state)

    def files(self) -> dict[str, bytes]:
        """Every file and its bytes."""
        found = (path for path in self.photos.rglob("*") if path.is_file())
        return {str(path.relative_to(self.photos)): path.read_bytes() for path in found}


@pytest.fixture
def shelf(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Shelf:
    return Shelf(tmp_path, capfdbinary)


def test_scan_puts_every_file_in_one_count(shelf: Shelf) -> None:
    told = shelf("scan", shelf.photos, "--format", "json")
    assert (told.status, told.stderr) == (0, "")
    assert told.json["counts"] == {"stored": 4, "skipped": 1, "refused": 1}
    (refused,) = told.json["refused"]
    assert refused["path"] == str(shelf.photos / "broken.jpg")
    assert refused["reason"] == "truncated"


def test_the_json_of_duplicates_has_the_fixed_form(shelf: Shelf) -> None:
    answer = shelf("duplicates", shelf.photos, "--format", "json").json
    assert set(answer) == {"groups", "stacks", "refused", "counts"}
    (group,) = answer["groups"]
    assert {"id", "tier", "keep", "why", "assets"} <= set(group)
    assert group["keep"] == str(shelf.photos / "cat.png")
    assert group["why"].startswith("Kept because")
    assert [(Path(a["path"]).name, a["tier"]) for a in group["assets"]] == [
        ("cat.png", "bytes"),
        ("cat copy.png", "bytes"),
        ("small.jpg", "hash"),
    ]
    assert all(
        {"path", "sha256", "bytes", "width", "height", "tier", "score"} <= set(a) for a in group["assets"]
    )


def test_the_same_library_gives_the_same_bytes_of_json(shelf: Shelf) -> None:
    first = shelf("duplicates", shelf.photos, "--format", "json").stdout
    assert shelf("duplicates", shelf.photos, "--format", "json").stdout == first


def test_csv_has_a_row_for_each_file(shelf: Shelf) -> None:
    rows = list(
        csv.DictReader(io.StringIO(shelf("duplicates", shelf.photos, "--format", "csv").stdout.decode()))
    )
    assert [(Path(row["path"]).name, row["keep"]) for row in rows] == [
        ("cat.png", "yes"),
        ("cat copy.png", "no"),
        ("small.jpg", "no"),
    ]


def test_names_that_are_no_utf8_or_break_lines_survive_every_format(shelf: Shelf) -> None:
    odd = [b"bad-\xff.png", b"two\nlines.png"]
    for name in odd:
        shutil.copy(shelf.photos / "cat.png", shelf.photos / os.fsdecode(name))
    answer = shelf("duplicates", shelf.photos, "--format", "json").json
    found = {os.fsencode(Path(a["path"]).name) for a in answer["groups"][0]["assets"]}
    assert set(odd) <= found
    table = shelf("duplicates", shelf.photos).stdout.decode()
    assert "two\\nlines.png" in table
    assert shelf("duplicates", shelf.photos, "--format", "csv").stdout.count(b"\n") == 6


def test_resolve_shows_then_does_and_undo_brings_everything_back(shelf: Shelf) -> None:
    before = shelf.files()
    shown = shelf("resolve", shelf.photos, "--dry-run", "--action", "trash", "--format", "json").json
    assert shelf.files() == before
    assert shown["dry_run"] is True
    assert {Path(item["path"]).name for item in shown["items"]} == {"cat copy.png", "small.jpg"}
    assert shown["bytes_reclaimed"] == sum(item["bytes"] for item in shown["items"])
    done = shelf("resolve", shelf.photos, "--apply", "--action", "trash", "--format", "json").json
    assert (done["done"], done["failed"]) == (2, [])
    assert set(shelf.files()) == set(before) - {"again/cat copy.png", "small.jpg"}
    assert shelf("undo", done["act"], "--format", "json").json["acts"][0]["done"] == 2
    assert shelf.files() == before
    acts = shelf("journal", "--format", "json").json["acts"]
    assert [act["verb"] for act in acts] == ["undo", "resolve"]
    lines = shelf("journal", "--act", done["act"], "--format", "json").json["lines"]
    assert {line["tier"] for line in lines if line["path"]} == {"bytes", "hash"}


def test_a_pair_once_said_to_be_distinct_is_never_offered_again(shelf: Shelf) -> None:
    (group,) = shelf("duplicates", shelf.photos, "--tier", "hash", "--format", "json").json["groups"]
    assert shelf("resolve", group["id"], "--action", "not-a-duplicate", "--apply").status == 0
    assert shelf("duplicates", shelf.photos, "--tier", "hash", "--format", "json").json["groups"] == []
    (shelf.photos / "small.jpg").rename(shelf.photos / "moved.jpg")
    assert shelf("duplicates", shelf.photos, "--tier", "hash", "--format", "json").json["groups"] == []
    assert shelf("undo").status == 0
    assert len(shelf("duplicates", shelf.photos, "--tier", "hash", "--format", "json").json["groups"]) == 1


def test_copies_that_are_to_be_kept_are_not_offered_again(shelf: Shelf) -> None:
    (group,) = shelf("duplicates", shelf.photos, "--tier", "bytes", "--format", "json").json["groups"]
    assert shelf("resolve", group["id"], "--action", "keep", "--apply").status == 0
    assert shelf("duplicates", shelf.photos, "--tier", "bytes", "--format", "json").json["groups"] == []


def test_decisions_come_from_a_file(shelf: Shelf, tmp_path: Path) -> None:
    (group,) = shelf("duplicates", shelf.photos, "--format", "json").json["groups"]
    keep = str(shelf.photos / "small.jpg")
    file = tmp_path / "decisions.json"
    file.write_text(json.dumps([{"group": group["id"], "action": "trash", "keep": keep}]))
    shown = shelf("resolve", group["id"], "--decisions", file, "--dry-run", "--format", "json").json
    assert {item["keep"] for item in shown["items"]} == {keep}
    file.write_text('[{"group": "x", "action": "burn"}]')
    refused = shelf("resolve", group["id"], "--decisions", file, "--dry-run")
    assert refused.status == 2
    assert "burn" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["scan", "nowhere"], 1, "nowhere"),
        (["duplicates", ".", "--tier", "smell"], 2, "'smell' is no tier"),
        (["duplicates", ".", "--preset", "wild"], 2, "'wild' is no preset"),
        (["duplicates", ".", "--keep-rules", "luck"], 2, "luck"),
        (["resolve", "."], 2, "--dry-run"),
        (["resolve", "0123456789abcdef", "--dry-run"], 1, "0123456789abcdef"),
        (["undo", "20200101-000000-abcdefg"], 1, "20200101-000000-abcdefg"),
        (["undo"], 1, "undo"),
        (["scan"], 2, "FOLDER"),
        (["scan", ".", "--nonsense"], 2, "--nonsense"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, says: str
) -> None:
    monkeypatch.chdir(shelf.photos)
    told = shelf(*arguments)
    assert (told.status, told.stdout) == (status, b"")
    assert says in told.stderr
    assert "Traceback" not in told.stderr


def test_a_moved_file_keeps_what_is_known_of_it(shelf: Shelf) -> None:
    shelf("scan", shelf.photos)
    picture(shelf.photos / "new.jpg", 5)
    (shelf.photos / "rocket.jpg").rename(shelf.photos / "again" / "launch.jpg")
    changes = shelf("scan", shelf.photos, "--format", "json").json["changes"]
    assert changes == {"new": 2, "changed": 0, "unchanged": 5, "moved": 1, "missing": 0, "returned": 0}


def test_a_state_inside_the_folder_is_no_picture_of_it(shelf: Shelf) -> None:
    shelf.state = shelf.photos / "state"
    first = shelf("scan", shelf.photos, "--format", "json").json["counts"]
    assert shelf("scan", shelf.photos, "--format", "json").json["counts"] == first


def test_patterns_leave_files_out_of_the_search(shelf: Shelf) -> None:
    answer = shelf("duplicates", shelf.photos, "--exclude", "small*", "--format", "json").json
    (group,) = answer["groups"]
    assert {Path(asset["path"]).name for asset in group["assets"]} == {"cat.png", "cat copy.png"}
    assert shelf("duplicates", shelf.photos, "--include", "*.jpg", "--format", "json").json["groups"] == []
