"""RAW with JPEG, live photos and bursts are stacks; copies with the same times are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents
from pinakes.duplicates.stacks import find_stacks


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(tmp_path / "state")


def add(
    engine: Engine, path: str, *, taken: float | None = None, fraction: bool = True, sha: str = ""
) -> None:
    suffix = Path(path).suffix.lower()
    stored = suffix in (".jpg", ".heic", ".png")
    name = (sha or path.encode().hex()).ljust(64, "0")[:64]
    content = {
        "sha256": name, "bytes": 9, "format": "JPEG", "mode": "RGB", "width": 4000, "height": 3000,
        "frames": 1,
        "perceptual_hash": bytes(32), "hash_quality": 100, "taken_at": taken, "metadata_fields": 9,
        "metadata": {"camera": "Canon R5", "fraction": fraction}, "prepared_by": "test",
    }  # fmt: skip
    asset = {
        "path": f"/p/{path}", "folder": "/p", "sha256": name if stored else None, "bytes": 9, "mtime_ns": 1,
        "inode": "1", "device": "1", "outcome": "stored" if stored else "skipped",
        "reason": None if stored else "sidecar", "seen_in": 1, "missing": False,
    }  # fmt: skip
    with engine.begin() as connection:
        if stored:
            connection.execute(insert(contents).prefix_with("or ignore"), [content])
        connection.execute(insert(assets), [asset])


def kinds(engine: Engine) -> list[tuple[str, list[str]]]:
    return [(stack.kind, [Path(path).name for path in stack.paths]) for stack in find_stacks(engine, ["/p"])]


def test_raw_jpeg_and_sidecars_of_one_name_are_one_stack(engine: Engine) -> None:
    for name in ("a/IMG_1.JPG", "a/IMG_1.CR2", "a/IMG_1.xmp", "a/IMG_1.CR2.xmp", "b/IMG_1.JPG"):
        add(engine, name)
    assert kinds(engine) == [("raw", ["IMG_1.CR2", "IMG_1.CR2.xmp", "IMG_1.JPG", "IMG_1.xmp"])]


def test_a_still_with_its_film_is_a_live_photo(engine: Engine) -> None:
    for name in ("IMG_2.HEIC", "IMG_2.MOV", "IMG_3.JPG", "clip.MOV"):
        add(engine, name)
    assert kinds(engine) == [("live-photo", ["IMG_2.HEIC", "IMG_2.MOV"])]


def test_the_same_name_in_two_still_formats_is_no_stack(engine: Engine) -> None:
    for name in ("x.jpg", "x.png"):
        add(engine, name)
    assert kinds(engine) == []


def test_frames_within_a_second_of_one_another_are_a_burst(engine: Engine) -> None:
    for n in range(5):
        add(engine, f"shot{n}.jpg", taken=1000 + n * 0.3)
    add(engine, "later.jpg", taken=1010)
    assert kinds(engine) == [("burst", [f"shot{n}.jpg" for n in range(5)])]


def test_running_numbers_tell_a_burst_where_the_clock_has_whole_seconds(engine: Engine) -> None:
    for n in (1, 2, 3):
        add(engine, f"DSC_000{n}.jpg", taken=1000, fraction=False)
    assert kinds(engine) == [("burst", ["DSC_0001.jpg", "DSC_0002.jpg", "DSC_0003.jpg"])]


def test_copies_that_carry_the_same_time_are_no_burst(engine: Engine) -> None:
    for name in ("beach.jpg", "beach (1).jpg", "beach-small.jpg", "copy_1.jpg", "copy_2.jpg", "copy_3.jpg"):
        add(engine, name, taken=1000, fraction=False)
    for name in ("IMG_0001.jpg", "IMG_0001 copy.jpg", "IMG_0001-edited.jpg"):
        add(engine, name, taken=2000.25)
    assert kinds(engine) == []


def test_the_same_bytes_at_several_paths_are_no_burst(engine: Engine) -> None:
    for n in range(4):
        add(engine, f"again{n}.jpg", taken=1000.5, sha="ab")
    assert kinds(engine) == []
