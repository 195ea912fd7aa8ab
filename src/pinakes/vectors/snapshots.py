"""Snapshots: a whole collection as one file that every driver can restore."""

from __future__ import annotations

import errno
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from pinakes.core.errors import DiskFull, InvalidRequest, NotFound, PinakesError, StateUnusable
from pinakes.core.types import ModelIdentity
from pinakes.vectors.base import Collection, VectorStore
from pinakes.vectors.naming import collection_name, identity_as_json, identity_from_json
from pinakes.vectors.points import Point

#: Version of the file's form; a reader refuses those it does not know.
FORM = 1

#: Points in one part of the file, and in memory at once.
PART = 1000

#: Member that says what is in the file; written last, so that a file without it was never finished.
MANIFEST = "manifest.json"

#: Told how many points are done, of how many.
Progress = Callable[[int, int], Any]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself."""

    identity: ModelIdentity
    points: int
    parts: int


def snapshot(collection: Collection, path: Path, progress: Progress) -> int:
    """Write every point to a file, which appears whole or not at all; returns how many points.

    Points that are written meanwhile may be in it or not; all others are in it once.

    Raises:
        InvalidRequest: there is such a file already.
        DiskFull, StateUnusable: it cannot be written.
    """
    if path.exists():
        raise InvalidRequest(f"There is a file {path} already.", remedy="Choose another name.")
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            written = _write(collection, file, progress)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        partial.unlink(missing_ok=True)
    return written


def read_manifest(path: Path) -> Manifest:
    """What the snapshot holds.

    Raises:
        InvalidRequest: it is no snapshot, unfinished, or of a form that this version does not know.
    """
    with _opened(path) as file:
        return _manifest(path, file)


def restore(store: VectorStore, path: Path, progress: Progress, *, replace: bool = False) -> Collection:
    """Bring a snapshot's points back, into the collection of its model; can be repeated after a break.

    What else is in the collection stays, unless `replace` asks to drop it first.

    Raises:
        InvalidRequest: it is no snapshot.
        StateUnusable: it is damaged; every part's checksum is looked at before any point is stored.
    """
    with _opened(path) as file:
        manifest = _manifest(path, file)
        damaged = file.testzip()
        if damaged is not None:
            raise StateUnusable(f"The snapshot {path} is damaged in its part {damaged}.")
        if replace:
            with suppress(NotFound):
                store.drop(collection_name(manifest.identity))
        collection, done = store.create(manifest.identity), 0
        for part in range(manifest.parts):
            points = _part(path, file, part)
            collection.upsert(points)
            done += len(points)
            progress(done, manifest.points)
    collection.flush()
    return collection


def pages(collection: Collection) -> Iterator[list[Point]]:
    """Every point of a collection, a page at a time."""
    after: UUID | None = None
    while page := collection.scroll(after=after, limit=PART, folders=None):
        yield page
        after = page[-1].id


def _write(collection: Collection, file: Any, progress: Progress) -> int:
    total, points, parts = collection.count(folders=None), 0, 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for parts, page in enumerate(pages(collection), 1):
            vectors = io.BytesIO()
            np.save(vectors, np.stack([point.vector for point in page]), allow_pickle=False)
            archive.writestr(f"{parts - 1:08}.npy", vectors.getvalue())
            known = [{"id": str(point.id), "payload": dict(point.payload)} for point in page]
            archive.writestr(f"{parts - 1:08}.json", json.dumps(known))
            points += len(page)
            progress(points, max(total, points))
        said = {"form": FORM, "points": points, "parts": parts}
        identity = identity_as_json(collection.identity)
        archive.writestr(MANIFEST, json.dumps({**said, "identity": identity}))
    return points


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise InvalidRequest(f"The snapshot {path} cannot be read: {error.strerror}.") from error
    except zipfile.BadZipFile as error:
        raise InvalidRequest(f"{path} is no snapshot: {error}.") from error


def _manifest(path: Path, file: zipfile.ZipFile) -> Manifest:
    try:
        said = json.loads(file.read(MANIFEST))
        if said["form"] != FORM:
            raise InvalidRequest(f"The snapshot {path} is of a form that this version does not know.")
        name = collection_name(ModelIdentity(**said["identity"]))
        return Manifest(identity_from_json(name, said["identity"]), int(said["points"]), int(said["parts"]))
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise InvalidRequest(f"{path} is no finished snapshot of vectors.") from error


def _part(path: Path, file: zipfile.ZipFile, part: int) -> list[Point]:
    try:
        vectors = np.load(io.BytesIO(file.read(f"{part:08}.npy")), allow_pickle=False)
        known = json.loads(file.read(f"{part:08}.json"))
        return [
            Point(UUID(each["id"]), vector, each["payload"])
            for each, vector in zip(known, vectors, strict=True)
        ]
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise StateUnusable(f"The snapshot {path} is damaged in its part {part}.") from error


def _unwritable(path: Path, error: OSError) -> PinakesError:
    if error.errno == errno.ENOSPC:
        return DiskFull(f"There is no room for the snapshot {path}.")
    return StateUnusable(f"The snapshot {path} cannot be written: {error.strerror}.")
