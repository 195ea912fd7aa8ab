"""Taking over FAISS indexes of one file a folder: all files are seen to be whole before any is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import InvalidRequest
from pinakes.core.types import ModelIdentity, Refusal
from pinakes.search.shared.faiss_reading import FaissFile, FaissReader
from pinakes.search.shared.writing import Writer

#: Vectors stored together.
BATCH = 4096

#: Refused files that are named; the others are counted.
MOST_NAMED = 5

#: How far the length of a vector may be from 1 for it to be stored as it is.
TOLERANCE = 1e-4

#: Told how many vectors are done, of how many.
Progress = Callable[[int, int], Any]


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What came of one file.

    `stored` vectors are there now; `kept` images had been embedded from their files and stay so; `replaced`
    vectors have a later one of the same image; `malformed` are images whose vectors are zero or no numbers;
    `scaled` where lengths other than 1 were made 1.
    """

    name: str
    stored: int
    kept: int
    replaced: int
    malformed: tuple[int, ...]
    scaled: bool


def examine(files: Sequence[FaissFile], reader: FaissReader, identity: ModelIdentity) -> int:
    """See that every file can be taken over; how many vectors they have.

    Raises:
        InvalidRequest: some cannot; the message names them, and nothing was changed.
    """
    total, refused = 0, []
    for file in files:
        contents = reader.read(file)
        if isinstance(contents, Refusal):
            refused.append(f"{file.name}: {contents.detail}")
        elif contents.vectors.shape[1] != identity.dimensions and len(contents.vectors):
            refused.append(
                f"{file.name}: Its vectors have {contents.vectors.shape[1]} dimensions; those of "
                f"{identity.name} have {identity.dimensions}. Name the model that made them with --model."
            )
        else:
            total += len(contents.images)
    if refused:
        more = f" … and {len(refused) - MOST_NAMED} more." if len(refused) > MOST_NAMED else ""
        raise InvalidRequest(
            f"{len(refused)} of {len(files)} files cannot be taken over, and nothing was changed. "
            + " ".join(refused[:MOST_NAMED])
            + more
        )
    return total


def take_over(
    files: Sequence[FaissFile], reader: FaissReader, writer: Writer, *, total: int, progress: Progress
) -> Iterator[TakenOver]:
    """Store the vectors of files that `examine` has seen, and tell of each; can be repeated.

    Raises:
        InvalidRequest: a file has changed since.
    """
    done = 0
    for file in files:
        contents = reader.read(file)
        if isinstance(contents, Refusal):
            raise InvalidRequest(f"{file.name} changed meanwhile: {contents.detail}")
        rows = _last_rows(contents.images)
        stored, malformed, scaled = 0, list[int](), False
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            images, (unit, good, off) = contents.images[some], _unit(contents.vectors[some])
            stored += writer.take_over(file.place, dict(zip(images[good].tolist(), unit[good], strict=True)))
            malformed += images[~good].tolist()
            scaled = scaled or off
            progress(done + start + len(some), total)
        writer.create(file.place)
        done += len(contents.images)
        kept, replaced = len(rows) - stored - len(malformed), len(contents.images) - len(rows)
        yield TakenOver(file.name, stored, kept, replaced, tuple(malformed), scaled)


def _last_rows(images: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the last vector of each image, in order: adding an image again leaves the old one in."""
    _, first_from_behind = np.unique(images[::-1], return_index=True)
    return np.sort(len(images) - 1 - first_from_behind)


def _unit(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_], bool]:
    """Vectors of length 1, which of them are vectors at all, and whether any length was another."""
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
        good = np.isfinite(lengths) & (lengths > 0)
        off = good & (np.abs(lengths - 1) > TOLERANCE)
        unit = np.where(off[:, None], vectors / lengths[:, None], vectors).astype(np.float32)
    return unit, good & np.isfinite(unit).all(axis=1), bool(off.any())
