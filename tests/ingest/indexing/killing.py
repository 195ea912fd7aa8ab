"""Indexing that is killed again and again: `python -m tests.ingest.indexing.killing FOLDER KILLS`.

Prints what is left. Each run is a fork of a process that has opened nothing, so that a kill costs no start.
Between the runs files are changed, go missing and come back.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from tests.indexing import MODEL, NotingEmbedder, name_of

from pinakes.core.payload import PICTURES
from pinakes.core.settings import ImageLimits, VectorSettings
from pinakes.core.types import Refusal, Vector
from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents, directories, features, indexed
from pinakes.ingest.indexing.indexing import Indexing
from pinakes.vectors.factory import open_vectors
from pinakes.vectors.points import point_id
from pinakes.words.sqlite.index import SqliteWordIndex

#: Files, and how many of them change or go between two runs.
FILES, SHAKEN = 96, 6

#: Time that the stand-in for a model takes for each request, seconds.
REQUEST_SECONDS = 0.01


class SlowEmbedder(NotingEmbedder):
    """Refuses to be asked twice for what is stored already, or for what it made in this run."""

    def __init__(self, stored: Iterable[str]) -> None:
        super().__init__()
        self.done = set(stored)

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        names = {name_of(image) for image in images}
        if names & self.done:
            raise AssertionError("something was embedded again")
        self.done |= names
        time.sleep(REQUEST_SECONDS)
        return super().embed(images)


def fill(engine: Engine, folder: Path) -> None:
    """Write files and their rows as a scan leaves them; nothing of it is decoded."""
    folder.mkdir()
    with engine.begin() as connection:
        connection.execute(insert(directories), {"id": 1, "path": str(folder)})
        for number in range(FILES):
            path = folder / f"{number:03}.jpg"
            row = {
                "path": str(path), "folder": str(folder), "directory": 1, "bytes": 3, "mtime_ns": 0,
                "inode": "", "device": "", "outcome": "stored", "seen_in": 1, "missing": False,
            }  # fmt: skip
            # Every eighth is a copy of the one before.
            sha256 = written(connection, path, number - (number % 8 == 7))
            connection.execute(insert(assets), {**row, "sha256": sha256})


def written(connection: Connection, path: Path, says: int) -> str:
    """Write a file, and the row of its content; returns its name."""
    path.write_text(f"picture {says}")
    row = {
        "sha256": name_of(path.read_bytes()), "bytes": 3, "format": "JPEG", "mode": "RGB", "width": 4,
        "height": 3, "frames": 1, "perceptual_hash": b"", "hash_quality": 0, "metadata_fields": 0,
        "metadata": {}, "prepared_by": "test",
    }  # fmt: skip
    connection.execute(sqlite_insert(contents).on_conflict_do_nothing(), row)
    return str(row["sha256"])


def shake(engine: Engine, folder: Path, chance: random.Random) -> None:
    """Change some files, let some go missing, and some come back."""
    with engine.begin() as connection:
        for number in chance.sample(range(FILES), SHAKEN):
            path = folder / f"{number:03}.jpg"
            sha256 = written(connection, path, chance.randrange(FILES, 2 * FILES))
            missing = chance.random() < 0.4
            change = update(assets).where(assets.c.path == str(path))
            connection.execute(change.values(sha256=sha256, missing=missing))


def index(state: Path) -> None:
    """One run to its end."""
    engine = open_database(state)
    with engine.connect() as connection:
        stored = list(connection.scalars(select(features.c.sha256)))
    store = open_vectors(VectorSettings(background=False), state / "vectors")
    words = SqliteWordIndex(state / "words.sqlite3", PICTURES, seconds=5)
    indexing = Indexing(engine, store.create(MODEL), words, SlowEmbedder(stored), ImageLimits(), unit=8)
    indexing.run(None, watch=lambda _: None)
    words.close()
    store.close()
    engine.dispose()


def forked(state: Path) -> int:
    """Begin a run in a process of its own."""
    child = os.fork()
    if child == 0:
        try:
            index(state)
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    return child


def left(state: Path) -> dict[str, object]:
    """What is in the indexes, beside what ought to be."""
    engine = open_database(state)
    present = ~assets.c.missing
    with engine.connect() as connection:
        rows = connection.execute(select(assets.c.id, assets.c.sha256).where(present)).all()
        wanted = {str(point_id(row.sha256, row.id)) for row in rows}
        embedded = set(connection.scalars(select(features.c.sha256)))
        told = connection.scalar(select(func.count()).select_from(indexed))
    store = open_vectors(VectorSettings(background=False), state / "vectors")
    points = store.create(MODEL).scroll(after=None, limit=1000, folders=None)
    words = SqliteWordIndex(state / "words.sqlite3", PICTURES, seconds=5)
    return {
        "wanted": len(wanted),
        "lost": len(wanted - {str(point.id) for point in points}),
        "extra": len({str(point.id) for point in points} - wanted),
        "documents": words.count(folders=None),
        "rows": told,
        "unembedded": len({row.sha256 for row in rows} - embedded),
    }


def main(folder: Path, kills: int) -> None:
    """Fill a library, kill so many runs of indexing, let one end, and say what is left."""
    state, photos, chance = folder / "state", folder / "photos", random.Random(5)
    engine = open_database(state)
    fill(engine, photos)
    killed = 0
    for _ in range(kills):
        engine.dispose()
        child = forked(state)
        time.sleep(chance.uniform(0.02, 0.35))
        os.kill(child, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        shake(engine, photos, chance)
    engine.dispose()
    ended = os.waitstatus_to_exitcode(os.waitpid(forked(state), 0)[1])
    sys.stdout.write(json.dumps({**left(state), "killed": killed, "ended": ended}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
