"""Reading FAISS indexes of one file a folder, in a process that may die of a damaged one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import FolderUnreadable, InvalidRequest
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.images.processes import Workers
from pinakes.search.shared.types import Place
from pinakes.vectors.faiss_files import IDS, VECTORS, Unpacked, unpack

#: Memory a reading process gets beside four times the file, and time beside what slow disks take.
LEAST_MEMORY, LEAST_SECONDS, SLOWEST_BYTES = 2**30, 60.0, 10 * 2**20

#: Largest list of ids beside an index, bytes.
MOST_LIST_BYTES = 256 * 2**20

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class FaissFile:
    """An index file, and the index it becomes."""

    path: Path
    place: Place

    @property
    def name(self) -> str:
        """`<user_id>/<folder_id>.faiss`."""
        return f"{self.place.owner}/{self.place.folder}.faiss"


@dataclass(frozen=True, slots=True)
class Contents:
    """Images and their vectors (float32, (n, d)), as a file has them."""

    images: NDArray[np.int64]
    vectors: NDArray[np.float32]


class FaissReader:
    """Reads files one after another, in a process that may die.

    Args:
        workers: a process whose memory and time are bounded, as by `bounds_for`.
        rows_are_ids: take the rows of an index without ids for the numbers of its images.
    """

    def __init__(self, workers: Workers, *, rows_are_ids: bool) -> None:
        self._workers, self._rows_are_ids = workers, rows_are_ids
        self._scratch = TemporaryDirectory(prefix="pinakes-faiss-")

    def __enter__(self) -> FaissReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()

    def read(self, file: FaissFile) -> Contents | Refusal:
        """Images and vectors of a file, mapped from the disk until the next call."""
        found = self._workers.run(unpack, str(file.path), self._scratch.name)
        if isinstance(found, Refusal):
            return _DIED.get(found.reason, found)
        ids: NDArray[np.int64] = np.load(Path(self._scratch.name, IDS), allow_pickle=False)
        vectors = np.load(Path(self._scratch.name, VECTORS), mmap_mode="r", allow_pickle=False)
        images = self._images(file, found, ids)
        if isinstance(images, Refusal):
            return images
        if len(images) and images.min() < 0:
            return Refusal(Reason.DAMAGED, f"It has an image of the number {images.min()}.")
        return Contents(images, vectors)

    def _images(
        self, file: FaissFile, found: Unpacked, ids: NDArray[np.int64]
    ) -> NDArray[np.int64] | Refusal:
        if not found.by_row:
            return ids
        beside = file.path.with_suffix(".json")
        if beside.is_file():
            return _listed_ids(beside, ids)
        if self._rows_are_ids:
            return ids
        return Refusal(
            Reason.UNSUPPORTED_FORMAT,
            "It says of no vector which image it is. Put a list of image ids by row beside it, into "
            f"{beside.name}, or say --rows-are-ids.",
        )


#: What the reading process's end means here, by the reason that pictures have for it.
_DIED = {
    Reason.DECODER_DIED: Refusal(Reason.DAMAGED, "FAISS died on it; it is probably damaged."),
    Reason.TOO_SLOW: Refusal(Reason.TOO_SLOW, "FAISS took too long over it; it is probably damaged."),
    Reason.TOO_MANY_PIXELS: Refusal(Reason.OUT_OF_MEMORY, "It asks for more memory than it needs."),
}


def bounds_for(files: Sequence[FaissFile]) -> ImageLimits:
    """Memory and time for a process that reads these files."""
    largest = max((file.path.stat().st_size for file in files), default=0)
    return ImageLimits(
        worker_memory=LEAST_MEMORY + 4 * largest, seconds=LEAST_SECONDS + largest / SLOWEST_BYTES
    )


def faiss_files(directory: Path, caller: str) -> list[FaissFile]:
    """Files laid out as `<user_id>/<folder_id>.faiss`, by user and folder; others are not looked at.

    Raises:
        FolderUnreadable: the directory cannot be listed.
        InvalidRequest: an index file is not named so, or there is none, or FAISS is not installed.
    """
    if find_spec("faiss") is None:
        raise InvalidRequest(
            "FAISS is not installed.", remedy="Install it with: pip install 'pinakes[faiss]'"
        )
    try:
        found = sorted(directory.glob("*/*.faiss")) if list(directory.iterdir()) else []
    except OSError as error:
        raise FolderUnreadable(f"The directory {directory} cannot be read: {error.strerror}.") from error
    files = [FaissFile(path, _place(path, caller)) for path in found if path.is_file()]
    if not files:
        raise InvalidRequest(f"There is no <user_id>/<folder_id>.faiss below {directory}.")
    return files


def _place(path: Path, caller: str) -> Place:
    owner, folder = path.parent.name, path.stem
    if not (_NUMBER.fullmatch(owner) and _NUMBER.fullmatch(folder) and max(int(owner), int(folder)) < 2**63):
        raise InvalidRequest(
            f"The index {owner}/{path.name} is not named <user_id>/<folder_id>.faiss, with numbers."
        )
    return Place(caller, int(owner), int(folder))


def _listed_ids(path: Path, rows: NDArray[np.int64]) -> NDArray[np.int64] | Refusal:
    """Image ids by row, of a list, or of an object whose members are named by the rows."""
    listed: Any = None
    with suppress(OSError, ValueError, RecursionError):
        if path.stat().st_size <= MOST_LIST_BYTES:
            listed = json.loads(path.read_bytes())
    by_row: Mapping[str, Any] = listed if isinstance(listed, dict) else {}
    if isinstance(listed, list):
        by_row = {str(row): each for row, each in enumerate(listed)}
    ids = [by_row.get(str(row)) for row in rows.tolist()]
    if len(by_row) != len(rows) or not all(type(each) is int and 0 <= each < 2**63 for each in ids):
        return Refusal(Reason.DAMAGED, f"{path.name} beside it does not name an image for each vector.")
    return np.array(ids, np.int64)
