"""Blobs as files: nothing half-written stays, a full disk says so, nothing is made before it is needed."""

import threading
from pathlib import Path

import pytest
from tests.small_disk import fill, small_disk
from tests.waiting import PATIENCE

from pinakes.blobs.local import LocalBlobStore
from pinakes.core.errors import DiskFull


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_folder_is_made_when_first_written_to(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path / "blobs")
    assert store.get("abcdef") is None
    assert not (tmp_path / "blobs").exists()
    store.put("abcdef", b"x")
    assert files(tmp_path / "blobs") == [tmp_path / "blobs" / "ab" / "cd" / "abcdef"]


@pytest.mark.parametrize("key", ["a", "ab", "abc"])
def test_short_keys_have_a_place(tmp_path: Path, key: str) -> None:
    store = LocalBlobStore(tmp_path)
    store.put(key, b"x")
    assert store.get(key) == b"x"


def test_many_writers_of_one_key_leave_one_file(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path)
    writers = [threading.Thread(target=store.put, args=("abcdef", b"x" * 1000)) for _ in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(PATIENCE)
    assert [path.name for path in files(tmp_path)] == ["abcdef"]


def test_a_full_disk_says_so_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        store = LocalBlobStore(disk / "blobs")
        store.put("abcdef", b"kept")
        ballast = fill(disk)
        with pytest.raises(DiskFull, match="full"):
            store.put("fedcba", b"x" * 100_000)
        assert store.get("abcdef") == b"kept"
        assert [path.name for path in files(disk / "blobs")] == ["abcdef"]
        ballast.unlink()
        store.put("fedcba", b"x" * 100_000)
        assert store.get("fedcba") == b"x" * 100_000
