"""The directories of one collection: which shard is in use, and copies that may take its place."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

from pinakes.core.errors import DiskFull, StateUnusable
from pinakes.core.types import ModelIdentity
from pinakes.vectors.naming import identity_as_json, identity_from_json

#: Says what the collection holds.
DESCRIPTION = "collection.json"

#: Names the shard in use; whatever other shard there is was never put into use, or is no longer.
CURRENT = "current"

#: Beginning of the names of shards.
SHARD = "shard-"

#: Bytes copied at once, and as many zeros.
BLOCK = 2**18
ZEROS = bytes(BLOCK)


class Generations:
    """The directory of one collection. A kill at any moment leaves either the old or the new shard in use."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def begin(self, identity: ModelIdentity) -> Path:
        """Describe the collection and choose a directory, not made yet, for its first shard."""
        self.directory.mkdir(parents=True)
        _replace(self.directory / DESCRIPTION, json.dumps({"identity": identity_as_json(identity)}))
        return self.fresh()

    def identity(self, name: str) -> ModelIdentity:
        """Whose embeddings the collection of this name holds.

        Raises:
            StateUnusable: the description is absent, damaged or of another collection.
        """
        try:
            described: Any = json.loads((self.directory / DESCRIPTION).read_text("utf-8"))
            stored = described["identity"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StateUnusable(f"The collection in {self.directory} cannot be read: {error}.") from error
        return identity_from_json(name, stored)

    @property
    def current(self) -> Path:
        """The shard in use.

        Raises:
            StateUnusable: none is named.
        """
        try:
            name = (self.directory / CURRENT).read_text("utf-8").strip()
        except OSError as error:
            raise StateUnusable(f"The collection in {self.directory} has lost its shard: {error}.") from error
        if not name.startswith(SHARD) or "/" in name:
            raise StateUnusable(f"The collection in {self.directory} names no shard of its own.")
        return self.directory / name

    def fresh(self) -> Path:
        """A directory, not made yet, for a shard."""
        return self.directory / f"{SHARD}{uuid4().hex}"

    def use(self, shard: Path) -> None:
        """Put a whole, flushed shard into use, for good once this returns."""
        _replace(self.directory / CURRENT, shard.name)

    def copy(self) -> Path:
        """Copy the shard in use, which must be flushed and not written to meanwhile.

        Raises:
            DiskFull: there is no room; what was copied is removed.
        """
        copied = self.fresh()
        try:
            shutil.copytree(self.current, copied, copy_function=_copy_sparsely)
        except (OSError, shutil.Error) as error:
            self.remove(copied)
            if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error):
                raise DiskFull(f"There is no room in {self.directory} to rebuild its index.") from error
            raise StateUnusable(f"The shard {self.current} cannot be copied: {error}.") from error
        return copied

    def remove(self, shard: Path) -> None:
        """Remove a shard that is not in use; what cannot be removed now is tried again when next opened."""
        shutil.rmtree(shard, ignore_errors=True)

    def sweep(self) -> None:
        """Remove the shards that a killed process left behind."""
        current = self.current
        for shard in self.directory.glob(f"{SHARD}*"):
            if shard != current:
                self.remove(shard)

    @property
    def size(self) -> int:
        """Bytes that the shard in use takes on the disk; a guess, as its files are sparse and may grow."""
        return sum(path.stat().st_blocks * 512 for path in self.current.rglob("*") if path.is_file())


def _copy_sparsely(source: str, target: str) -> None:
    """Copy a file, leaving out blocks of zeros: the engine's log and stores are mostly room for later."""
    with Path(source).open("rb", buffering=0) as read, Path(target).open("wb", buffering=0) as written:
        while block := read.read(BLOCK):
            if block == ZEROS:
                written.seek(BLOCK, os.SEEK_CUR)
            else:
                written.write(block)
        written.truncate()


def _replace(path: Path, text: str) -> None:
    """Write a file so that either the old or the new text is there, also after a loss of power."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
