"""Blobs in this process's memory: for tests, and for work that leaves nothing behind."""

from __future__ import annotations

from pinakes.blobs.keys import checked


class MemoryBlobStore:
    """A `BlobStore` that lives as long as the object."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    def put(self, key: str, blob: bytes) -> None:
        """Keep `blob` under `key`."""
        self._blobs[checked(key)] = bytes(blob)

    def get(self, key: str) -> bytes | None:
        """Return the blob, or None."""
        return self._blobs.get(checked(key))

    def delete(self, key: str) -> None:
        """Forget the blob."""
        self._blobs.pop(checked(key), None)
