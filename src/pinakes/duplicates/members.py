"""The files of all groups of a review: their folders, formats and dates, for filters and orders."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, select

from pinakes.core.paths import is_under
from pinakes.db.tables import assets, contents, groups
from pinakes.duplicates.scope import portions, reading

#: Directory of what is kept beside reviews, in the state directory.
DIRECTORY = "reviews"

#: Groups whose files are looked up at a time.
_BATCH = 1000

#: What is kept of them beside the names.
_COLUMNS = ("group", "folder", "format", "kept", "taken")


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """The files that are there now, and of each group the one that is kept.

    group, folder, format: int32 (m,), rows of the outline, of `folders` and of `formats`, one for each file.
    kept: int32 (n,), row of `folders` of the kept file of each group, -1 without one. taken: float64 (n,),
    when the kept picture was taken, NaN where it does not say.
    """

    folders: tuple[str, ...]
    formats: tuple[str, ...]
    group: NDArray[np.int32]
    folder: NDArray[np.int32]
    format: NDArray[np.int32]
    kept: NDArray[np.int32]
    taken: NDArray[np.float64]

    def below(self, folder: str) -> NDArray[np.bool_]:
        """Of each of `folders`, whether it is `folder` or lies in it; one more, False, for no folder."""
        return np.array([*(is_under(each, folder) for each in self.folders), False], dtype=np.bool_)

    def counted(self, column: NDArray[np.int32], names: Sequence[str]) -> dict[str, int]:
        """How many groups have a file with each of `names`, most first; `column` is folder or format."""
        pairs = np.unique(np.stack([self.group, column]), axis=1)
        rows, counts = np.unique(pairs[1], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return {names[rows[k]]: int(counts[k]) for k in order}


def kept_members(engine: Engine, state: Path, review: str, made_at: float) -> Members:
    """The files of a review that was made at a moment, Unix time: read where they are kept, else kept now.

    A few seconds for a hundred thousand groups the first time, a moment from then on.
    """
    path = state / DIRECTORY / f"{review}.npz"
    # What cannot be read, for whatever reason, is made anew.
    with suppress(OSError, ValueError, KeyError, BadZipFile), np.load(path, allow_pickle=False) as kept:
        if kept["made_at"] == made_at:
            return Members(
                _names(kept["folders"]), _names(kept["formats"]), **{name: kept[name] for name in _COLUMNS}
            )
    found = members_of(engine, review)
    with suppress(OSError):  # it is only slower next time
        _keep(path, found, made_at)
    return found


def members_of(engine: Engine, review: str) -> Members:
    """Load them from the rows of the groups."""
    columns: dict[str, list[int]] = {"group": [], "folder": [], "format": [], "kept": []}
    taken: list[float] = []
    folders: dict[str, int] = {}
    formats: dict[str, int] = {}
    for start, bodies in _bodies(engine, review):
        found = _facts(engine, [member["path"] for body in bodies for member in body["members"]])
        for row, body in enumerate(bodies, start=start):
            there = [(m["path"], *found[m["path"]]) for m in body["members"] if m["path"] in found]
            for path, kind, _ in there:
                columns["group"].append(row)
                columns["folder"].append(folders.setdefault(path.rpartition("/")[0] or "/", len(folders)))
                columns["format"].append(formats.setdefault(kind, len(formats)))
            columns["kept"].append(columns["folder"][-len(there)] if there else -1)
            moment = there[0][2] if there else None
            taken.append(np.nan if moment is None else moment)
    arrays = {name: np.array(values, dtype=np.int32) for name, values in columns.items()}
    return Members(tuple(folders), tuple(formats), taken=np.array(taken, dtype=np.float64), **arrays)


def _keep(path: Path, members: Members, made_at: float) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    arrays = {name: getattr(members, name) for name in _COLUMNS}
    unfinished = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    try:
        with unfinished.open("wb") as file:
            np.savez(
                file,
                made_at=np.float64(made_at),
                folders=_packed(members.folders),
                formats=_packed(members.formats),
                **arrays,
            )
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _packed(names: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(names).encode("ascii"), dtype=np.uint8)


def _names(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(json.loads(packed.tobytes()))


def _bodies(engine: Engine, review: str) -> Iterator[tuple[int, list[Any]]]:
    query = select(groups.c.body).where(groups.c.review == review).order_by(groups.c.position)
    with reading(engine) as connection:
        start = 0
        for rows in connection.execute(query.execution_options(yield_per=_BATCH)).scalars().partitions():
            yield start, list(rows)
            start += len(rows)


def _facts(engine: Engine, paths: Sequence[str]) -> dict[str, tuple[str, float | None]]:
    """Format and date of the files that are there, by path."""
    found: dict[str, tuple[str, float | None]] = {}
    with reading(engine) as connection:
        for names in portions(sorted(set(paths))):
            query = (
                select(assets.c.path, contents.c.format, contents.c.taken_at)
                .join(contents, assets.c.sha256 == contents.c.sha256)
                .where(assets.c.path.in_(names), ~assets.c.missing)
            )
            found.update((path, (kind, taken)) for path, kind, taken in connection.execute(query))
    return found
