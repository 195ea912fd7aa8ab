"""What only the embedded driver has: a directory of its own, and an index rebuilt beside it."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.small_disk import fill, small_disk
from tests.vectors.stores import TINY, clustered, embedded, points, unit

from pinakes.core.errors import DiskFull, NotFound, StateBusy, StateUnusable
from pinakes.core.payload import PICTURES, Field, Folders, Kind, Schema
from pinakes.core.types import ModelIdentity
from pinakes.vectors.embedded import optimising, shard
from pinakes.vectors.embedded.collection import EmbeddedCollection
from pinakes.vectors.memory import MemoryVectorStore
from pinakes.vectors.naming import collection_name
from pinakes.vectors.points import Point, point_id

NAME = collection_name(TINY)


def shards(directory: Path) -> list[Path]:
    return sorted((directory / NAME).glob("shard-*"))


def test_what_was_written_is_there_in_the_next_process(directory: Path) -> None:
    store = embedded(directory)
    store.create(TINY).upsert(points(30))
    store.close()
    store = embedded(directory)
    (summary,) = store.collections()
    assert (summary.name, summary.identity, summary.points) == (NAME, TINY, 30)
    store.close()


def test_one_process_at_a_time_has_the_directory(directory: Path) -> None:
    store = embedded(directory)
    program = (
        "import sys; from pathlib import Path; from tests.vectors.stores import embedded\n"
        "try: embedded(Path(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    command = [sys.executable, "-c", program, str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("StateBusy Another process has the vectors")
    with pytest.raises(StateBusy):
        embedded(directory)
    store.close()
    embedded(directory).close()


def test_a_directory_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateUnusable, match="PINAKES_VECTORS__DIRECTORY"):
        try:
            embedded(tmp_path / "file" / "vectors")
        except StateUnusable as error:
            raise StateUnusable(error.sentence) from error


def test_reads_and_writes_go_on_while_the_index_is_rebuilt(directory: Path) -> None:
    store = embedded(directory)
    collection = store.create(TINY)
    kept = points(3000)
    collection.upsert(kept)
    before, worst, rounds = shards(directory), 0.0, 0
    rebuild = threading.Thread(target=collection.optimise)
    rebuild.start()
    while rebuild.is_alive() and rounds < 500:
        began = time.monotonic()
        point = kept[rounds]
        collection.delete([point.id])
        changed = Point(kept[rounds + 1000].id, point.vector, {"folder": 9})
        collection.upsert([changed])
        collection.set_payload([kept[rounds + 2000].id], {"camera": "X"})
        assert collection.count(folders=None) == 3000 - rounds - 1
        (hit,) = collection.query(point.vector, limit=1, folders=frozenset({9}), exact=True)
        assert hit.score == pytest.approx(1, abs=1e-5)
        worst, rounds = max(worst, time.monotonic() - began), rounds + 1
        time.sleep(0.001)
    rebuild.join(60)
    assert rounds > 5
    assert shards(directory) != before and len(shards(directory)) == 1
    assert collection.count(folders=None) == 3000 - rounds
    assert collection.retrieve([point.id for point in kept[:rounds]]) == []
    nine = {point.id for point in collection.scroll(after=None, limit=1000, folders=frozenset({9}))}
    assert nine == {point.id for point in kept[1000 : 1000 + rounds]}
    store.close()
    again = embedded(directory).create(TINY)
    assert again.count(folders=None) == 3000 - rounds
    again.close()


def test_the_index_is_rebuilt_by_itself_when_many_points_came(directory: Path) -> None:
    store = embedded(directory, background=True)
    collection = store.create(TINY)
    kept = points(1200)
    collection.upsert(kept[:100])
    first = shards(directory)
    for start in range(100, 1200, 100):
        collection.upsert(kept[start : start + 100])
    end = time.monotonic() + 60
    while shards(directory) == first or len(shards(directory)) > 1:
        assert time.monotonic() < end, "no index was built"
        time.sleep(0.02)
    assert collection.count(folders=None) == 1200
    store.close()


def test_closing_ends_a_rebuild(directory: Path) -> None:
    store = embedded(directory, background=True)
    collection = store.create(ModelIdentity("wide", "1", "none", 256))
    vectors = clustered(4000, 256)
    for start in (0, 2000):
        collection.upsert(
            [Point(point_id("a", n), vectors[n], {"folder": n % 5}) for n in range(start, start + 2000)]
        )
    began = time.monotonic()
    store.close()
    assert time.monotonic() - began < 20
    store = embedded(directory)
    assert store.collections()[0].points == 4000
    store.close()


@pytest.mark.parametrize("way", ["fails", "hangs", "cannot start"])
def test_a_rebuild_that_fails_changes_nothing(
    directory: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    store = embedded(directory, rebuild_seconds=1 if way == "hangs" else 60)
    collection = store.create(TINY)
    collection.upsert(points(500))
    before = shards(directory)
    program = {"fails": "raise SystemExit('no memory')", "hangs": "import time; time.sleep(60)"}
    start = subprocess.Popen

    def instead(command: list[str], **options: Any) -> Any:
        if way == "cannot start":
            raise OSError("no processes left")
        return start([sys.executable, "-c", program[way]], **options)

    monkeypatch.setattr(optimising.subprocess, "Popen", instead)
    with pytest.raises(StateUnusable, match=r"index .* was not brought up to date"):
        collection.optimise()
    assert shards(directory) == before
    collection.upsert(points(501)[500:])
    assert collection.count(folders=None) == 501
    monkeypatch.undo()
    store.close()
    store = embedded(directory)
    assert store.open(NAME).optimise()
    assert store.open(NAME).count(folders=None) == 501
    store.close()


def test_what_a_killed_process_left_is_swept_up(directory: Path) -> None:
    store = embedded(directory)
    store.create(TINY).upsert(points(5))
    store.close()
    (used,) = shards(directory)
    for left in (directory / NAME / "shard-left", directory / ".passing-left"):
        left.mkdir()
        (left / "file").write_text("x")
    store = embedded(directory)
    assert store.open(NAME).count(folders=None) == 5
    assert shards(directory) == [used]
    assert not list(directory.glob(".passing-*"))
    store.close()


@pytest.mark.parametrize(
    "damage", ["identity", "description", "current", "no current", "segments", "elsewhere"]
)
def test_damage_is_told_and_can_be_dropped(directory: Path, damage: str) -> None:
    store = embedded(directory)
    store.create(TINY).upsert(points(5))
    store.close()
    description = directory / NAME / "collection.json"
    if damage == "identity":
        described = json.loads(description.read_text())
        described["identity"]["revision"] = "2"
        description.write_text(json.dumps(described))
    elif damage == "description":
        description.write_text("{")
    elif damage == "current":
        (directory / NAME / "current").write_text("shard-gone")
    elif damage == "no current":
        (directory / NAME / "current").unlink()
    elif damage == "elsewhere":
        (directory / NAME / "current").write_text("shard-/../../..")
    else:
        for path in shards(directory)[0].rglob("segment.json"):
            path.write_text("{")
    store = embedded(directory)
    with pytest.raises(StateUnusable):
        store.open(NAME)
    store.drop(NAME)
    with pytest.raises(NotFound):
        store.open(NAME)
    assert store.create(TINY).count(folders=None) == 0
    store.close()


def test_a_disk_without_room_is_told_before_the_engine_meets_it(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = embedded(directory)
    collection = store.create(TINY)
    collection.upsert(points(10))
    monkeypatch.setattr(shard, "SPARE", 2**62)
    for act in (lambda: collection.upsert(points(11)), collection.optimise):
        with pytest.raises(DiskFull, match="too little room"):
            act()
    monkeypatch.undo()
    assert collection.count(folders=None) == 10
    assert len(shards(directory)) == 1
    store.close()


def test_nothing_is_made_or_opened_on_a_disk_without_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", megabytes=32) as disk:
        store = embedded(disk / "vectors")
        with pytest.raises(DiskFull, match="too little room"):
            store.create(TINY)
        assert store.collections() == []
        store.close()
    with small_disk(tmp_path / "small", megabytes=420) as disk:
        store = embedded(disk / "vectors")
        store.create(TINY).upsert(points(5))
        store.close()
        ballast = fill(disk)
        store = embedded(disk / "vectors")
        with pytest.raises(DiskFull, match="too little room"):
            store.open(NAME)
        ballast.unlink()
        assert store.open(NAME).count(folders=None) == 5
        store.close()


def test_a_field_that_a_later_version_adds_is_indexed_when_opened(directory: Path) -> None:
    store = embedded(directory)
    store.create(TINY).upsert(points(5))
    store.close()
    wider = Schema(PICTURES.tenant, (*PICTURES.fields, Field("stars", Kind.INTEGER)))
    build = shard.Build(TINY.dimensions, 200, False, 2.0)
    opened = shard.Shard(shards(directory)[0], build, wider)
    opened.set_payload([points(1)[0].id], {"stars": 5})
    assert opened.retrieve([points(1)[0].id])[0].payload["stars"] == 5
    opened.close()


@pytest.fixture(scope="module", params=[False, True], ids=["float32", "int8"])
def indexed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """6,000 clustered vectors in 200 folders, each folder about few topics, indexed; and the oracle."""
    identity = ModelIdentity("clustered", "1", "none", 32)
    store = embedded(tmp_path_factory.mktemp("recall"), int8=request.param, index_from=1000)
    collection, oracle = store.create(identity), MemoryVectorStore(PICTURES).create(identity)
    vectors = clustered(6000, 32)
    order = np.argsort(vectors[:, 0] + 0.3 * np.random.default_rng(1).standard_normal(6000))
    folders = np.empty(6000, np.int64)
    folders[order] = np.arange(6000) * 200 // 6000
    made = [Point(point_id("a", n), vectors[n], {"folder": int(folders[n])}) for n in range(6000)]
    for each in (collection, oracle):
        each.upsert(made)
    assert collection.optimise()
    assert collection._shard.sizes[1] < 100
    yield collection, oracle
    store.close()


@pytest.mark.parametrize("share", [0.005, 0.05, 0.5, 1.0])
def test_recall_is_near_the_oracles_whatever_share_of_the_folders_may_be_seen(
    indexed: tuple[EmbeddedCollection, Any], share: float
) -> None:
    collection, oracle = indexed
    draw = np.random.default_rng(2)
    asked, found = unit(clustered(30, 32, seed=0) + 0.1 * draw.standard_normal((30, 32))), 0
    for vector in asked:
        chosen = draw.choice(200, size=int(share * 200), replace=False)
        folders: Folders = None if share == 1 else frozenset(chosen.tolist())
        near, exact = (each.query(vector, limit=10, folders=folders) for each in (collection, oracle))
        assert len(near) == 10
        found += len({hit.id for hit in near} & {hit.id for hit in exact})
    assert found / 300 >= 0.98
