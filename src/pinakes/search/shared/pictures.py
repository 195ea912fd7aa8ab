"""The pictures of a request, read a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pinakes.core.types import Refusal
from pinakes.images.hashing import sha256
from pinakes.search.shared.image_root import OUTSIDE, ImageRoot, OutsideRoot
from pinakes.search.shared.types import FailedImage

#: Pictures of one batch, and bytes of them beyond which it ends; bounds what is held in memory.
BATCH, BATCH_BYTES = 32, 64 * 2**20


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that was read."""

    image: int
    path: str
    sha256: str
    encoded: bytes


@dataclass(slots=True)
class Batch:
    """Some images of a request: those that were read, and those that could not be."""

    read: list[Picture] = field(default_factory=list)
    failed: list[FailedImage] = field(default_factory=list)

    @property
    def contents(self) -> dict[str, bytes]:
        """What was read, each content once, by its SHA-256."""
        return {picture.sha256: picture.encoded for picture in self.read}

    @property
    def full(self) -> bool:
        """Whether the next picture belongs to the next batch."""
        return len(self.read) >= BATCH or sum(len(each.encoded) for each in self.read) >= BATCH_BYTES


def batches(root: ImageRoot, paths: Mapping[int, str]) -> Iterator[Batch]:
    """Read images by their numbers, in batches; the last may hold nothing but failures."""
    batch = Batch()
    for image, path in paths.items():
        found = _read(root, image, path)
        if isinstance(found, Picture):
            batch.read.append(found)
        else:
            batch.failed.append(found)
        if batch.full:
            yield batch
            batch = Batch()
    if batch.read or batch.failed:
        yield batch


def _read(root: ImageRoot, image: int, path: str) -> Picture | FailedImage:
    try:
        read = root.read(path)
    except OutsideRoot:
        return FailedImage(image, path, OUTSIDE, "The path leads out of the image root.")
    if isinstance(read, Refusal):
        return FailedImage(image, path, read.reason.value, read.detail)
    return Picture(image, path, sha256(read), read)
