"""What runs on a machine of the cluster: steps on some files, each as well guarded as in any other scan."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pinakes.core.settings import ImageLimits
from pinakes.core.types import Refusal
from pinakes.images.metadata.packet import LARGEST
from pinakes.images.processes import Workers
from pinakes.ingest import sidecars


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that travels: its name, its bytes, and its time of change, Unix nanoseconds."""

    name: str
    content: bytes
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Errand:
    """One step on one file: its arguments, the first of which is the file's path.

    `files` are the file and its sidecars where they are sent; None where the path is good everywhere.
    """

    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    files: tuple[SentFile, ...] | None = None


def sent(errand: Errand, limits: ImageLimits) -> Errand:
    """Return the errand with its files, so that it needs no path; those that cannot be read are left out."""
    path = str(errand.arguments[0])
    found = [_file(path, limits.max_bytes), *(_file(name, LARGEST) for name in sidecars.names(path))]
    return Errand(errand.work, errand.arguments, tuple(file for file in found if file is not None))


def run_errands(errands: Sequence[Errand], limits: ImageLimits) -> list[Any]:
    """Run each errand in the decoding process of this worker; each comes to its result or its `Refusal`."""
    return [_run(errand, _workers(limits)) for errand in errands]


@cache
def _workers(limits: ImageLimits) -> Workers:
    # Kept for as long as the cluster keeps this process: starting a decoder costs as much as dozens of files.
    return Workers(1, limits)


def _run(errand: Errand, workers: Workers) -> Any | Refusal:
    path, *others = errand.arguments
    if errand.files is None:
        return workers.run(errand.work, path, *others)
    with TemporaryDirectory(prefix="pinakes-") as folder:
        for file in errand.files:
            copy = Path(folder, file.name)
            copy.write_bytes(file.content)
            os.utime(copy, ns=(file.mtime_ns, file.mtime_ns))
        return workers.run(errand.work, str(Path(folder, Path(path).name)), *others)


def _file(path: str, most: int) -> SentFile | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                return None
            return SentFile(Path(path).name, file.read(most + 1), status.st_mtime_ns)
    except OSError:
        return None
