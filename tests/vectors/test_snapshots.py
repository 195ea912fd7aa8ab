import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.vectors.stores import TINY, embedded, points

from pinakes.core.errors import InvalidRequest, StateUnusable
from pinakes.core.payload import PICTURES
from pinakes.core.types import ModelIdentity
from pinakes.vectors.memory import MemoryCollection, MemoryVectorStore
from pinakes.vectors.moving import compare
from pinakes.vectors.points import Point
from pinakes.vectors.snapshots import MANIFEST, read_manifest, restore, snapshot


def silent(done: int, total: int) -> None:
    assert 0 < done <= total


@pytest.fixture
def kept() -> MemoryCollection:
    collection = MemoryVectorStore(PICTURES).create(TINY)
    collection.upsert(points(2500, camera="O'X %", tags=["sea", "✓"]))
    return collection


@pytest.fixture
def path(tmp_path: Path, kept: MemoryCollection) -> Path:
    assert snapshot(kept, tmp_path / "vectors.zip", silent) == 2500
    return tmp_path / "vectors.zip"


def test_a_snapshot_brings_every_point_back_into_another_driver(
    kept: MemoryCollection, path: Path, directory: Path
) -> None:
    assert (read_manifest(path).identity, read_manifest(path).points) == (TINY, 2500)
    store = embedded(directory)
    assert compare(kept, restore(store, path, silent), silent).same
    assert compare(kept, restore(store, path, silent), silent).same, "a second time changes nothing"
    store.close()


def test_an_empty_collection_has_a_snapshot_too(tmp_path: Path) -> None:
    empty = MemoryVectorStore(PICTURES).create(TINY)
    assert snapshot(empty, tmp_path / "empty.zip", silent) == 0
    store = MemoryVectorStore(PICTURES)
    assert restore(store, tmp_path / "empty.zip", silent).identity == TINY


def test_what_came_after_a_snapshot_stays_unless_it_is_to_be_replaced(path: Path) -> None:
    store = MemoryVectorStore(PICTURES)
    later = store.create(TINY)
    later.upsert(points(2510)[2500:])
    assert restore(store, path, silent).count(folders=None) == 2510
    assert restore(store, path, silent, replace=True).count(folders=None) == 2500


def test_a_snapshot_never_overwrites(kept: MemoryCollection, path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(InvalidRequest, match="already"):
        snapshot(kept, path, silent)
    assert path.read_bytes() == before


def test_a_snapshot_that_fails_leaves_nothing(tmp_path: Path, kept: MemoryCollection) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        snapshot(kept, tmp_path / "vectors.zip", stop)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StateUnusable, match="cannot be written"):
        snapshot(kept, tmp_path / "no-folder" / "vectors.zip", silent)


@pytest.mark.parametrize("damage", ["cut", "flipped", "no manifest", "form", "text", "absent", "pickle"])
def test_a_damaged_snapshot_changes_nothing(path: Path, damage: str) -> None:
    whole = path.read_bytes()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "flipped":
        path.write_bytes(whole[:9000] + bytes([whole[9000] ^ 1]) + whole[9001:])
    elif damage == "text":
        path.write_text("no snapshot")
    elif damage == "absent":
        path.unlink()
    else:
        rewrite(path, damage)
    store = MemoryVectorStore(PICTURES)
    before = store.create(TINY)
    before.upsert(points(1))
    with pytest.raises((InvalidRequest, StateUnusable), match=r"vectors\.zip"):
        restore(store, path, silent, replace=damage != "pickle")
    assert store.create(TINY).count(folders=None) == 1


def rewrite(path: Path, damage: str) -> None:
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    if damage == "no manifest":
        del members[MANIFEST]
    elif damage == "pickle":
        members["00000000.npy"] = b"\x80\x04."
    else:
        members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | {"form": 2}).encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, member in members.items():
            file.writestr(name, member)


def test_differences_are_counted(kept: MemoryCollection) -> None:
    other = MemoryVectorStore(PICTURES).create(TINY)
    same = points(2500, camera="O'X %", tags=["sea", "✓"])
    other.upsert(same)
    assert compare(kept, other, silent).same
    other.delete([point.id for point in same[:3]])
    other.set_payload([same[4].id], {"camera": "Y"})
    other.upsert([Point(same[5].id, same[6].vector, same[5].payload)])
    other.upsert(points(2502)[2500:])
    found: Any = compare(kept, other, silent)
    assert (found.compared, found.absent, found.different, found.extra) == (2500, 3, 2, 2)
    assert not found.same


def test_another_model_has_another_collection(kept: MemoryCollection, path: Path) -> None:
    store = MemoryVectorStore(PICTURES)
    store.create(ModelIdentity("other", "1", "none", 8))
    restore(store, path, silent)
    assert [summary.points for summary in store.collections()] == [0, 2500]
