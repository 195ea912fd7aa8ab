"""What the pictures of a map can be coloured by: year, folder and region, as numbers beside the places."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from pinakes.db.tables import assets, contents, directories, indexed
from pinakes.search.mapping import stored
from pinakes.search.mapping.regions import regions
from pinakes.search.mapping.stored import Map
from pinakes.services.opened import Library

#: First bytes of the traits: a name for the form, with its revision.
MAGIC = b"PINATRA1"

#: Stands for "none": no date, no folder that is named, no region.
NONE = 0xFFFF

#: Most folders that are told apart; those with fewest pictures go without.
MOST_FOLDERS = 1000

Shorts = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """For each picture of a map, in the order of its places: uint16 (n,) each, `NONE` where there is none.

    Attributes:
        years: as written, 2019.
        folders: rows of `names`.
        regions: rows of the map's regions.
        names: folders by number of pictures, the largest first.
    """

    years: Shorts
    folders: Shorts
    regions: Shorts
    names: tuple[str, ...]


def traits(library: Library, found: Map) -> Traits:
    """The traits of a map's pictures; `found` is the map as it was stored."""
    shown = stored.present(library.engine, found)
    hills = np.full(len(found.assets), NONE, np.uint16)
    for number, region in enumerate(regions(found.places)):
        hills[region.rows] = number
    years, within = _files(library, shown)
    folders, names = _named(library, within)
    return Traits(years, folders, hills[np.isin(found.assets, shown.assets)], names)


def packed(found: Traits) -> bytes:
    """The traits in the binary form that the route describes."""
    legend = json.dumps({"folders": found.names}).encode("ascii")
    legend += b" " * (-len(legend) % 8)
    head = MAGIC + struct.pack("<QQ", len(found.years), len(legend)) + legend
    return head + b"".join(
        column.astype("<u2").tobytes() for column in (found.years, found.folders, found.regions)
    )


def _files(library: Library, shown: Map) -> tuple[Shorts, NDArray[np.int64]]:
    """The year and the directory of each picture, the latter 0 where it has none."""
    query = (
        select(assets.c.id, contents.c.taken_at, assets.c.directory)
        .join(indexed, indexed.c.asset == assets.c.id)
        .join(contents, contents.c.sha256 == assets.c.sha256)
        .where(indexed.c.index == shown.collection)
    )
    years = np.full(len(shown.assets), NONE, np.uint16)
    within = np.zeros(len(shown.assets), np.int64)
    with library.reading() as connection:
        rows = connection.execute(query).all()
    if not rows:
        return years, within
    ids, taken, folders = zip(*rows, strict=True)
    numbers = np.array(ids, np.int64)
    places = np.searchsorted(shown.assets, numbers)
    there = places < len(shown.assets)
    there[there] = shown.assets[places[there]] == numbers[there]
    years[places[there]] = _years(taken)[there]
    within[places[there]] = np.array([folder or 0 for folder in folders], np.int64)[there]
    return years, within


def _years(taken: Sequence[float | None]) -> Shorts:
    seconds = np.array([np.nan if each is None else each for each in taken], np.float64)
    known = np.isfinite(seconds) & (np.abs(seconds) < 2**36)
    moments = np.where(known, seconds, 0).astype("datetime64[s]")
    numbers = moments.astype("datetime64[Y]").astype(np.int64) + 1970
    return np.where(known & (numbers >= 0) & (numbers < NONE), numbers, NONE).astype(np.uint16)


def _named(library: Library, within: NDArray[np.int64]) -> tuple[Shorts, tuple[str, ...]]:
    """The folder of each picture, one step below what all have in common, and the folders' names."""
    there, rows = np.unique(within, return_inverse=True)
    with library.reading() as connection:
        paths = {row.id: row.path for row in connection.execute(select(directories))}
    heads = steps([paths.get(number, "") for number in there.tolist()])
    counts: dict[str, int] = {}
    for head, count in zip(heads, np.bincount(rows, minlength=len(there)).tolist(), strict=True):
        counts[head] = counts.get(head, 0) + count
    names = sorted((name for name in counts if name), key=lambda name: (-counts[name], name))[:MOST_FOLDERS]
    known = {name: number for number, name in enumerate(names)}
    numbers = np.array([known.get(head, NONE) for head in heads], np.uint16)
    return numbers[rows] if len(there) else np.zeros(0, np.uint16), tuple(names)


def steps(paths: Sequence[str]) -> list[str]:
    """For each path the folder one step below what all of them have in common; empty paths stay so."""
    known = [path for path in paths if path]
    if not known:
        return [""] * len(paths)
    common = os.path.commonpath(known)
    depth = 0 if common == os.sep else len(common)
    return [path and path[: _end(path, depth + 1)] for path in paths]


def _end(path: str, start: int) -> int:
    found = path.find(os.sep, start)
    return len(path) if found < 0 else found
