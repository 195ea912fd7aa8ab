"""Files that belong together without being duplicates: RAW with JPEG, live photos, bursts."""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Engine, select

from pinakes.db.paths import below
from pinakes.db.tables import assets, contents, stack_members
from pinakes.duplicates.scope import reading
from pinakes.duplicates.types import Stack
from pinakes.images import formats

#: Longest time between two frames of a burst, seconds.
BURST_GAP = 1.0

#: Fewest frames that make a burst.
BURST_FRAMES = 3

#: Still pictures that a phone stores beside the film of a live photo.
_LIVE_STILLS = frozenset((".heic", ".heif", ".jpg", ".jpeg"))

#: Names that cameras give, with their running number; copies are named otherwise.
_CAMERA_NAME = re.compile(
    r"(?:IMG|DSC[NF]?|_?MG|_?DSC|P|PXL|IMGP|SAM|DJI|GOPR|CIMG)_?(\d{4,6})", re.IGNORECASE
)
_BURST_NAME = re.compile(r"burst", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    sha256: str | None
    taken_at: float | None
    fraction: bool
    camera: str
    size: tuple[int, int]

    @property
    def suffix(self) -> str:
        return Path(self.path).suffix.lower()


def find_stacks(engine: Engine, folders: Sequence[str]) -> list[Stack]:
    """Find the stacks below `folders`: those made by hand first, then by name, then bursts by time.

    Each file is in at most one stack. Deterministic, in the order of the first path.
    """
    taken: set[str] = set()
    found: list[Stack] = []
    for kind, members in (*_by_hand(engine, folders), *_by_name(engine, folders), *_bursts(engine, folders)):
        if not any(file.path in taken for file in members):
            taken.update(file.path for file in members)
            found.append(_stack(kind, members))
    return sorted(found, key=lambda stack: os.fsencode(stack.paths[0]))


def _by_hand(engine: Engine, folders: Sequence[str]) -> Iterator[tuple[str, list[_File]]]:
    query = (
        select(stack_members.c.stack, assets.c.path, assets.c.sha256)
        .join(assets, assets.c.sha256 == stack_members.c.sha256)
        .where(below(folders), ~assets.c.missing)
        .order_by(assets.c.path)
    )
    stacks: dict[str, list[_File]] = defaultdict(list)
    with reading(engine) as connection:
        for stack, path, sha256 in connection.execute(query):
            stacks[stack].append(_File(path, sha256, None, False, "", (0, 0)))
    yield from (("by-hand", members) for members in stacks.values() if len(members) > 1)


def _by_name(engine: Engine, folders: Sequence[str]) -> Iterator[tuple[str, list[_File]]]:
    query = (
        select(assets.c.path, assets.c.sha256)
        .where(below(folders), ~assets.c.missing)
        .order_by(assets.c.path)
        .execution_options(yield_per=2000)
    )
    with reading(engine) as connection:
        here, siblings = "", defaultdict[str, list[_File]](list)
        for path, sha256 in connection.execute(query):
            folder = os.path.dirname(path)  # noqa: PTH120 - on every file of the library
            if folder != here:
                yield from _named_alike(siblings)
                here, siblings = folder, defaultdict(list)
            file = _File(path, sha256, None, False, "", (0, 0))
            if file.suffix in _PAIRED:
                siblings[_stem(path)].append(file)
        yield from _named_alike(siblings)


#: Suffixes that can be part of a stack by name.
_PAIRED = (
    formats.RAW_SUFFIXES | formats.SIDECAR_SUFFIXES | _LIVE_STILLS | {".mov", ".mp4", ".png", ".tif", ".tiff"}
)


def _stem(path: str) -> str:
    # Sidecars are named IMG_1.xmp or IMG_1.CR2.xmp.
    stem = Path(path).stem
    inner = Path(stem).suffix.lower()
    return (Path(stem).stem if inner in _PAIRED else stem).lower()


def _named_alike(siblings: dict[str, list[_File]]) -> Iterator[tuple[str, list[_File]]]:
    for members in siblings.values():
        suffixes = {file.suffix for file in members}
        stills = suffixes - formats.SIDECAR_SUFFIXES - formats.VIDEO_SUFFIXES
        if len(members) > 1 and suffixes & formats.RAW_SUFFIXES:
            yield "raw", members
        elif suffixes & {".mov", ".mp4"} and suffixes & _LIVE_STILLS and len(stills) == 1:
            yield "live-photo", members


def _bursts(engine: Engine, folders: Sequence[str]) -> Iterator[tuple[str, list[_File]]]:
    query = (
        select(assets.c.path, assets.c.sha256, contents)
        .join(contents, assets.c.sha256 == contents.c.sha256)
        .where(below(folders), ~assets.c.missing, contents.c.taken_at.is_not(None))
        .order_by(contents.c.taken_at, assets.c.path)
        .execution_options(yield_per=2000)
    )
    open_runs: dict[tuple[str, str, tuple[int, int]], list[_File]] = {}
    with reading(engine) as connection:
        for row in connection.execute(query).mappings():
            file = _File(
                row[assets.c.path],
                row[assets.c.sha256],
                row[contents.c.taken_at],
                bool(row[contents.c.metadata].get("fraction")),
                row[contents.c.metadata].get("camera", ""),
                (row[contents.c.width], row[contents.c.height]),
            )
            if not file.camera:
                continue
            key = (os.path.dirname(file.path), file.camera, file.size)  # noqa: PTH120
            run = open_runs.get(key, [])
            if run and not _follows(run[-1], file):
                yield from _long_enough(run)
                run = []
            open_runs[key] = [*run, file]
    for run in open_runs.values():
        yield from _long_enough(run)


def _follows(before: _File, after: _File) -> bool:
    gap = (after.taken_at or 0) - (before.taken_at or 0)
    if gap > BURST_GAP or before.sha256 == after.sha256:
        return False
    if gap > 0 and before.fraction and after.fraction:
        return True
    # Whole seconds do not tell a burst from copies; the camera's own running numbers do.
    a, b = _number(before.path), _number(after.path)
    return (_says_burst(before) and _says_burst(after)) or (a is not None and b is not None and b == a + 1)


def _number(path: str) -> int | None:
    match = _CAMERA_NAME.fullmatch(Path(path).stem)
    return int(match[1]) if match else None


def _says_burst(file: _File) -> bool:
    return _BURST_NAME.search(Path(file.path).name) is not None


def _long_enough(run: list[_File]) -> Iterable[tuple[str, list[_File]]]:
    distinct = all(a.sha256 != b.sha256 for a, b in pairwise(sorted(run, key=lambda file: file.sha256 or "")))
    return [("burst", run)] if len(run) >= BURST_FRAMES and distinct else []


def _stack(kind: str, members: list[_File]) -> Stack:
    name = "\n".join([kind, *(ascii(file.path) for file in members)])
    return Stack(
        id=hashlib.sha256(name.encode()).hexdigest()[:16],
        kind=kind,
        paths=tuple(file.path for file in members),
        sha256s=tuple(sorted({file.sha256 for file in members if file.sha256})),
    )
