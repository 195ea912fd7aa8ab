"""kill -9 while points are stored, deleted, indexed and kept: nothing is lost, and nothing doubled."""

import random
import time
import zipfile
from collections import Counter
from pathlib import Path

from tests.vectors.stores import TINY, embedded, quick_directory
from tests.vectors.writing import BATCH, Writer, batch, fork_server, nth_id, nth_vector

from pinakes.vectors.embedded.collection import EmbeddedCollection
from pinakes.vectors.points import Point
from pinakes.vectors.snapshots import MANIFEST, pages, read_manifest

#: How often the writer is killed, and how long at most after what it was waited for, seconds.
KILLS, LONGEST = 15, 0.2

#: What the writer is waited for, in turn, so that kills fall into every kind of work on slow machines too.
AWAITED = ("batch", "snapshot", "batch", "snapshot", "optimised")


def test_what_was_acknowledged_survives_every_kill() -> None:
    said: Counter[str] = Counter()
    draw, written = random.Random(7), 0
    with quick_directory() as directory, fork_server() as context:
        for kill in range(KILLS):
            writer = Writer(context, directory, written)
            writer.wait_for(AWAITED[kill % len(AWAITED)], 60)
            time.sleep(draw.uniform(0, LONGEST))
            heard = writer.kill()
            said.update(kind for kind, _ in heard)
            acknowledged = max((number + 1 for kind, number in heard if kind == "batch"), default=written)
            store = embedded(directory / "vectors")
            check(store.create(TINY), acknowledged)
            store.close()
            written = acknowledged
            check_snapshots(directory)
    assert all(said[kind] >= KILLS // len(AWAITED) for kind in AWAITED)


def check(collection: EmbeddedCollection, batches: int) -> None:
    """All of the acknowledged batches, perhaps some of the next, and each point once."""
    found: dict[int, Point] = {}
    for page in pages(collection):
        for point in page:
            number = point.payload["asset"]
            assert isinstance(number, int) and number not in found
            assert point.id == nth_id(number) and point.vector.tobytes() == nth_vector(number).tobytes()
            found[number] = point
    assert collection.count(folders=None) == len(found)
    deleted = {number * BATCH for number in range(batches - 1)}
    expected = set(range(batches * BATCH)) - deleted
    in_flight = {point.payload["asset"] for point in batch(batches)} | {(batches - 1) * BATCH}
    assert expected - found.keys() <= in_flight
    assert found.keys() - expected <= in_flight
    for hit in collection.query(nth_vector(1), limit=1, folders=None, exact=True):
        assert hit.score > 0.9999


def check_snapshots(directory: Path) -> None:
    """Each file is a whole snapshot; what was interrupted left no more than a partial file."""
    for path in directory.glob("[0-9]*.zip"):
        manifest = read_manifest(path)
        with zipfile.ZipFile(path) as file:
            assert file.testzip() is None and MANIFEST in file.namelist()
        assert manifest.identity == TINY
        path.unlink()
