"""Blobs as files in a directory, two levels deep, written whole or not at all."""

from __future__ import annotations

import errno
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from pinakes.blobs.keys import checked
from pinakes.core.errors import DiskFull


class LocalBlobStore:
    """A `BlobStore` in the directory `root`, which is made when first written to."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, blob: bytes) -> None:
        """Keep `blob` under `key`: written beside its place and then renamed into it."""
        place = self._place(key)
        draft = place.with_name(f".{uuid4().hex}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(blob)
            draft.replace(place)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(
                    f"The disk that holds {self._root} is full.",
                    remedy="Free some space and run the command again.",
                ) from error
            raise

    def get(self, key: str) -> bytes | None:
        """Return the blob, or None."""
        try:
            return self._place(key).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Forget the blob."""
        with suppress(FileNotFoundError):
            self._place(key).unlink()

    def _place(self, key: str) -> Path:
        name = checked(key)
        return self._root / name[:2] / name[2:4] / name
