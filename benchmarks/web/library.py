"""A made-up library: rows of pictures and of a review, straight into the tables of a state directory."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.web.thumbnails import MADE, SHAPES, number_of, placeholder
from pinakes.core.types import Row
from pinakes.db.session import open_database
from pinakes.ingest.steps import PREPARED_BY

#: The month in which a tenth of all pictures were taken, its first second, and how many days of it.
CROWDED, BEGIN, DAYS = "2019-07", datetime(2019, 7, 1, tzinfo=UTC).timestamp(), 30

#: Of how many pictures one has no date, and in how many years the others were taken.
UNDATED_EVERY, YEARS = 50, 20

#: Name of the review.
REVIEW = "made-up-review"

#: Tiers of the groups, in turns.
TIERS = ("bytes", "pixels", "hash", "copy", "similar")

#: Bytes of every picture.
BYTES = 3_000_000

#: Rows written at a time.
_BATCH = 20_000


def make(state: Path, photos: Path, pictures: int, groups: int) -> None:
    """Make a library of `pictures` below the folder `photos` with a review of `groups`, unless it is there.

    A tenth of the pictures are of one month. Files are not made; the same numbers give the same library.
    """
    if state.exists():
        return
    photos.mkdir(parents=True, exist_ok=True)
    draft = state.with_name(f"{state.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    open_database(draft).dispose()
    blurs = [placeholder(number) for number in range(MADE)]
    numbers: dict[str, int] = {}
    with closing(sqlite3.connect(draft / "library.sqlite3")) as connection:
        connection.executescript("pragma synchronous=off; pragma cache_size=-400000;")
        _insert(connection, "contents", (_content(number, pictures, blurs) for number in range(pictures)))
        _insert(
            connection, "assets", (_asset(photos, number, pictures, numbers) for number in range(pictures))
        )
        named = ({"id": number, "path": path.encode()} for path, number in numbers.items())
        _insert(connection, "directories", named)
        _insert(connection, "reviews", [_review(photos, groups)])
        _insert(connection, "groups", (_group(photos, number, pictures) for number in range(groups)))
    draft.rename(state)


def taken_at(number: int, of: int) -> float | None:
    """When a picture was taken: a tenth in one month, few never, the others spread over the years."""
    if number % UNDATED_EVERY == 7:
        return None
    if number < of // 10:
        return BEGIN + number * DAYS * 86_400 / (of // 10)
    return BEGIN - (YEARS - 2) * 31_556_952 + (number * 2_654_435_761 % 2**32) / 2**32 * YEARS * 31_556_952


def path_of(photos: Path, number: int, of: int) -> str:
    """Where a picture lies: a folder for each month, one for what has no date, a fifth in albums."""
    taken = taken_at(number, of)
    moment = None if taken is None else datetime.fromtimestamp(taken, UTC)
    dated = "scans" if moment is None else moment.strftime("%Y/%m")
    folder = f"albums/{number % 1000:03}" if number % 5 == 0 else dated
    return f"{photos}/{folder}/IMG_{number:07}.jpg"


def sha256_of(number: int) -> str:
    """Name of the content of a picture."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def _content(number: int, of: int, blurs: Sequence[str]) -> Row:
    sha256 = sha256_of(number)
    width, height = SHAPES[number_of(sha256) % len(SHAPES)]
    return {
        "sha256": sha256,
        "bytes": BYTES,
        "format": "JPEG",
        "mode": "RGB",
        "width": width * 10,
        "height": height * 10,
        "frames": 1,
        "perceptual_hash": bytes.fromhex(sha256),
        "hash_quality": 100,
        "taken_at": taken_at(number, of),
        "metadata_fields": 0,
        "metadata": "{}",
        "placeholder": blurs[number_of(sha256)],
        "prepared_by": PREPARED_BY,
    }


def _asset(photos: Path, number: int, of: int, numbers: dict[str, int]) -> Row:
    path = path_of(photos, number, of)
    return {
        "id": number + 1,
        "path": path.encode(),
        "folder": str(photos).encode(),
        "directory": numbers.setdefault(path.rpartition("/")[0], len(numbers) + 1),
        "sha256": sha256_of(number),
        "bytes": BYTES,
        "mtime_ns": 0,
        "inode": "",
        "device": "",
        "outcome": "stored",
        "seen_in": 1,
        "missing": 0,
    }


def _review(photos: Path, groups: int) -> Row:
    scope = {"folders": [str(photos)], "tiers": list(TIERS), "presets": {}, "rules": [], "references": []}
    counts = {"pictures": groups * 2, "groups": groups, "removable": groups, "bytes": groups * BYTES}
    told = {name: json.dumps(value) for name, value in (("scope", scope), ("counts", counts), ("stacks", []))}
    return {"id": REVIEW, "made_at": BEGIN, **told}


def _group(photos: Path, number: int, of: int) -> Row:
    """A group of two neighbours, tiers one after the other."""
    tier = TIERS[number % len(TIERS)]
    members = [
        {"path": path_of(photos, at, of), "tier": tier, "score": 1.0, "method": "made-up", "detail": {}}
        for at in (2 * number % of, (2 * number + 1) % of)
    ]
    body = {"why": "It was met first.", "members": members}
    return {
        "review": REVIEW,
        "position": number,
        "id": f"{number:016x}",
        "tier": tier,
        "reclaimable": BYTES,
        "body": json.dumps(body),
    }


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    """Write rows that have the same columns."""
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        names = ", ".join(batch[0])
        places = ", ".join(f":{name}" for name in batch[0])
        connection.executemany(f"insert into {table} ({names}) values ({places})", batch)
        connection.commit()
