import os
import time
from pathlib import Path

import pytest

from pinakes.core.errors import DiskFull, InvalidRequest
from pinakes.images.hashing import sha256
from pinakes.services.searching.kept import KeptPictures, checked_name


def used_ago(folder: Path, name: str, seconds: float) -> None:
    os.utime(folder / name, (time.time() - seconds,) * 2)


def test_a_picture_is_found_by_its_content(tmp_path: Path) -> None:
    kept = KeptPictures(tmp_path / "kept")
    name = kept.put(b"picture")
    assert name == sha256(b"picture")
    assert kept.get(name) == b"picture"
    assert KeptPictures(tmp_path / "kept").get(name) == b"picture"
    assert kept.get("0" * 64) is None


def test_those_used_least_lately_go_first(tmp_path: Path) -> None:
    kept = KeptPictures(tmp_path, most_kept=2)
    names = [kept.put(b"one"), kept.put(b"two")]
    used_ago(tmp_path, names[0], 10)
    used_ago(tmp_path, names[1], 20)
    kept.get(names[1])  # which is a use
    kept.put(b"three")
    assert kept.get(names[0]) is None
    assert kept.get(names[1]) == b"two"


def test_bytes_are_bounded_and_what_a_kill_left_goes(tmp_path: Path) -> None:
    kept = KeptPictures(tmp_path, most_bytes=10)
    old = kept.put(b"12345678")
    used_ago(tmp_path, old, 5)
    (tmp_path / f"{old}.abcd.part").write_bytes(b"1234")
    used_ago(tmp_path, f"{old}.abcd.part", 9)
    new = kept.put(b"87654321")
    assert [path.name for path in tmp_path.iterdir()] == [new]


def test_a_picture_nobody_uses_expires(tmp_path: Path) -> None:
    kept = KeptPictures(tmp_path, seconds=60)
    name = kept.put(b"picture")
    used_ago(tmp_path, name, 61)
    assert kept.get(name) is None
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_is_not_the_picture(tmp_path: Path) -> None:
    kept = KeptPictures(tmp_path)
    name = kept.put(b"picture")
    (tmp_path / name).write_bytes(b"pict")
    assert kept.get(name) is None


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(DiskFull):
        KeptPictures(tmp_path / "file").put(b"picture")


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_contents_are_names(name: str) -> None:
    with pytest.raises(InvalidRequest):
        checked_name(name)
