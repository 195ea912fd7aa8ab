"""The seam to wherever derived bytes are kept: on this disk, in memory, later in an object store."""

from __future__ import annotations

from typing import Protocol


class BlobStore(Protocol):
    """Keeps bytes by key; a key is lower-case letters, digits, `-`, `_` and `.`, at most 128 characters.

    Any number of threads and processes may use one store at once. Writing the same key twice with the
    same bytes is harmless, and a reader sees either nothing or the whole blob.
    """

    def put(self, key: str, blob: bytes) -> None:
        """Keep `blob` under `key`, replacing what was there.

        Raises:
            InvalidRequest: the key holds characters that are not allowed.
            DiskFull: there is no room.
        """
        ...

    def get(self, key: str) -> bytes | None:
        """Return the blob, or None where there is none."""
        ...

    def delete(self, key: str) -> None:
        """Forget the blob; forgetting what is not there is no error."""
        ...
