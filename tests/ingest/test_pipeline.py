"""A scan from end to end on real files: every file to one outcome, nothing read twice, nothing lost."""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.pictures import encoded, exif, picture, shapes
from tests.scanning import scan, scan_of

from pinakes.core.settings import ImageLimits
from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents, scans
from pinakes.ingest.pipeline import Progress
from pinakes.ingest.source import Walk, resolve_folders


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Four pictures, two of them the same bytes, and four files that are none."""
    folder = tmp_path / "photos"
    picture(folder / "1.jpg", 1)
    picture(folder / "sub" / "2.png", 2, "PNG")
    shutil.copy2(folder / "1.jpg", folder / "sub" / "copy of 1.jpg")
    (folder / "3.jpg").write_bytes(
        encoded(shapes(3), exif=exif(Orientation=6, DateTimeOriginal="2024:05:01 10:00:00", Model="Box"))
    )
    (folder / "notes.txt").write_text("words")
    (folder / "1.xmp").write_text("<x/>")
    (folder / "clip.mp4").write_bytes(b"\x00\x00\x00\x18ftypisom")
    (folder / "broken.jpg").write_bytes(encoded(shapes(4))[:2000])
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def rows(state: Path) -> dict[str, Any]:
    engine = open_database(state)
    with engine.connect() as connection:
        found = {Path(row.path).name: row for row in connection.execute(select(assets))}
    engine.dispose()
    return found


def contents_of(state: Path) -> dict[str, Any]:
    engine = open_database(state)
    with engine.connect() as connection:
        found = {row.sha256: row for row in connection.execute(select(contents))}
    engine.dispose()
    return found


def no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make any reading of a file an error: what is unchanged must not need it."""
    from pinakes.ingest import taking

    def refuse(path: str, limits: ImageLimits) -> None:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(taking, "read_whole", refuse)


def no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make any decoding an error: what is known by content must not need it."""
    from pinakes.images.processes import Workers

    def refuse(*_: object) -> None:
        raise AssertionError("something was decoded")

    monkeypatch.setattr(Workers, "run", refuse)


def test_every_file_is_in_exactly_one_count(photos: Path, state: Path) -> None:
    report = scan(state, photos)
    assert report.counts == {"stored": 4, "skipped": 3, "refused": 1}
    assert report.skipped == {"not-a-picture": 2, "sidecar": 1}
    assert [(Path(r.path).name, r.reason) for r in report.refused] == [("broken.jpg", "truncated")]
    assert report.changes["new"] == 8
    assert json.dumps(report.as_json())


def test_facts_are_stored_by_content(photos: Path, state: Path) -> None:
    scan(state, photos)
    files, pictures = rows(state), contents_of(state)
    assert files["1.jpg"].sha256 == files["copy of 1.jpg"].sha256
    assert len(pictures) == 3
    third = pictures[files["3.jpg"].sha256]
    assert (third.width, third.height, third.format) == (192, 256, "JPEG")
    assert third.metadata["camera"] == "Box"
    assert (state / "thumbnails" / third.sha256[:2] / third.sha256[2:4] / third.sha256).is_file()


def test_a_scan_changes_nothing_in_the_folder(photos: Path, state: Path) -> None:
    def look() -> dict[str, tuple[int, int, bytes]]:
        files = sorted(path for path in photos.rglob("*") if path.is_file())
        return {str(p): (p.stat().st_mtime_ns, p.stat().st_mode, p.read_bytes()) for p in files}

    before = look()
    scan(state, photos)
    assert look() == before


def test_what_is_unchanged_is_not_read_again(
    photos: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scan(state, photos)
    no_reading(monkeypatch)
    again = scan(state, photos)
    assert again.changes == {**dict.fromkeys(again.changes, 0), "unchanged": 8}
    assert (again.counts, again.refused) == (first.counts, first.refused)


def test_a_moved_file_is_known_by_its_content(
    photos: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(state, photos)
    known = rows(state)["3.jpg"].sha256
    (photos / "album").mkdir()
    (photos / "3.jpg").rename(photos / "album" / "renamed.jpg")
    no_decoding(monkeypatch)
    report = scan(state, photos)
    files = rows(state)
    assert files["renamed.jpg"].sha256 == known
    assert files["3.jpg"].missing
    assert not files["renamed.jpg"].missing
    assert report.counts["stored"] == 4
    assert (report.changes["moved"], report.changes["missing"]) == (1, 0)


def test_a_changed_file_gets_its_new_content(photos: Path, state: Path) -> None:
    scan(state, photos)
    before = rows(state)["1.jpg"].sha256
    picture(photos / "1.jpg", 9)
    report = scan(state, photos)
    assert report.changes["changed"] == 1
    assert rows(state)["1.jpg"].sha256 != before
    assert before in contents_of(state)


def test_a_broken_file_that_was_mended_is_stored(photos: Path, state: Path) -> None:
    scan(state, photos)
    picture(photos / "broken.jpg", 4)
    report = scan(state, photos)
    assert report.counts == {"stored": 5, "skipped": 3, "refused": 0}
    assert rows(state)["broken.jpg"].reason is None


def test_what_is_gone_is_missing_and_comes_back(
    photos: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(state, photos)
    away = photos.parent / "away"
    (photos / "sub").rename(away)
    gone = scan(state, photos)
    assert gone.changes["missing"] == 2
    assert gone.counts["stored"] == 2
    assert rows(state)["2.png"].missing
    assert scan(state, photos).changes["missing"] == 0
    away.rename(photos / "sub")
    no_reading(monkeypatch)
    back = scan(state, photos)
    assert back.changes["returned"] == 2
    assert back.counts["stored"] == 4
    assert not rows(state)["2.png"].missing


def test_another_folder_is_left_alone(photos: Path, state: Path, tmp_path: Path) -> None:
    picture(tmp_path / "other" / "5.jpg", 5)
    scan(state, photos)
    scan(state, tmp_path / "other")
    assert not any(row.missing for row in rows(state).values())


def test_what_lies_in_a_folder_that_cannot_be_listed_is_not_missing(
    photos: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(state, photos)
    real = os.scandir

    def refuse(path: bytes) -> Any:
        if os.fsencode(path).endswith(b"/sub"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = scan(state, photos)
    assert report.changes["missing"] == 0
    assert ("sub", "permission-denied") in [(Path(r.path).name, r.reason) for r in report.refused]
    assert not rows(state)["2.png"].missing


@pytest.mark.parametrize("name", [b"caf\xe9.jpg", b"two\nlines.jpg", "café 日本.jpg".encode(), b"-rf.jpg"])
def test_names_of_any_bytes_are_stored_and_found_again(tmp_path: Path, state: Path, name: bytes) -> None:
    path = picture(tmp_path / "photos" / os.fsdecode(name), 1)
    assert scan(state, tmp_path / "photos").counts["stored"] == 1
    assert os.fsencode(rows(state)[path.name].path) == os.fsencode(path)
    assert scan(state, tmp_path / "photos").changes["unchanged"] == 1


@pytest.mark.timeout(30)
def test_links_pipes_and_hidden_files_are_skipped_with_their_reason(tmp_path: Path, state: Path) -> None:
    folder = tmp_path / "photos"
    (folder / "link.jpg").parent.mkdir()
    (folder / "link.jpg").symlink_to(picture(tmp_path / "outside.jpg"))
    os.mkfifo(folder / "pipe.jpg")
    picture(folder / ".hidden.jpg")
    report = scan(state, folder)
    assert report.counts == {"stored": 0, "skipped": 3, "refused": 0}
    assert report.skipped == {"hidden": 1, "link": 1, "special-file": 1}


def test_patterns_leave_files_out_and_let_them_in_again(photos: Path, state: Path) -> None:
    scan(state, photos, exclude=("*.png",))
    assert rows(state)["2.png"].reason == "excluded"
    report = scan(state, photos)
    assert report.counts["stored"] == 4
    assert rows(state)["2.png"].outcome == "stored"


def test_a_limit_that_was_raised_lets_a_file_in(photos: Path, state: Path) -> None:
    low = scan(state, photos, limits=ImageLimits(max_pixels=100))
    assert {r.reason for r in low.refused} == {"too-many-pixels"}
    assert scan(state, photos).counts["stored"] == 4


def test_contents_prepared_by_an_older_version_are_prepared_again(photos: Path, state: Path) -> None:
    scan(state, photos)
    engine = open_database(state)
    with engine.begin() as connection:
        connection.execute(update(contents).values(prepared_by="older", width=1))
    engine.dispose()
    scan(state, photos)
    assert all(row.width > 1 and row.prepared_by != "older" for row in contents_of(state).values())


def test_the_scan_is_written_down(photos: Path, state: Path) -> None:
    report = scan(state, photos)
    engine = open_database(state)
    with engine.connect() as connection:
        (row,) = connection.execute(select(scans))
    engine.dispose()
    assert row.counts == report.counts
    assert row.finished_at >= row.started_at


def test_the_watcher_sees_the_scan_go_on_and_may_stop_it(photos: Path, state: Path) -> None:
    for number in range(10, 20):
        picture(photos / f"{number}.jpg", number)
    engine, prepared = scan_of(state)
    seen: list[int] = []

    def watch(progress: Progress) -> None:
        seen.append(progress.done)
        time.sleep(0.01)

    prepared.run(Walk(resolve_folders([photos])), watch=watch)
    engine.dispose()
    assert seen[-1] == 18


def test_an_interruption_keeps_what_was_finished(photos: Path, state: Path) -> None:
    for number in range(10, 50):
        picture(photos / f"{number}.jpg", number)
    engine, prepared = scan_of(state)

    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    from pinakes.ingest import pipeline

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "BATCH", 8)
        with pytest.raises(KeyboardInterrupt):
            prepared.run(Walk(resolve_folders([photos])), watch=interrupt)
    engine.dispose()
    kept = len(rows(state))
    assert 0 < kept < 48
    report = scan(state, photos)
    assert report.changes["unchanged"] == kept
    assert report.counts == {"stored": 44, "skipped": 3, "refused": 1}


def test_the_copies_of_one_content_are_decoded_once(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pinakes.images.processes import Workers

    first = picture(tmp_path / "photos" / "0.jpg", 1)
    for number in range(1, 30):
        shutil.copy(first, tmp_path / "photos" / f"{number}.jpg")
    decoded: list[str] = []
    real: Callable[..., Any] = Workers.run

    def count(self: Workers, work: Any, path: str, *rest: Any) -> Any:
        decoded.append(path)
        return real(self, work, path, *rest)

    monkeypatch.setattr(Workers, "run", count)
    assert scan(state, tmp_path / "photos").counts["stored"] == 30
    assert len(decoded) == 1
