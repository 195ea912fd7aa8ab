"""The thumbnails that the later tiers look at, made again where one was lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from pinakes.blobs.base import BlobStore
from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal
from pinakes.duplicates.scope import load_assets
from pinakes.images import decode, hashing, thumbnails
from pinakes.images.processes import Workers


class Pictures:
    """Gives the thumbnail of any content, also where it was deleted, while the file is still there."""

    def __init__(
        self, engine: Engine, store: BlobStore, folders: Sequence[str], limits: ImageLimits, workers: Workers
    ) -> None:
        self._engine, self._store, self._folders = engine, store, folders
        self._limits, self._workers = limits, workers

    def thumbnail(self, sha256: str) -> bytes | None:
        """JPEG bytes as `thumbnails.encode` makes them, or None where neither thumbnail nor file is left."""
        stored = self._store.get(sha256)
        return stored if stored is not None else self._made_again(sha256)

    def _made_again(self, sha256: str) -> bytes | None:
        for asset in load_assets(self._engine, self._folders, [sha256]).get(sha256, ()):
            made = self._workers.run(make_thumbnail, asset.path, sha256, self._limits)
            if isinstance(made, bytes):
                self._store.put(sha256, made)
                return made
        return None


def make_thumbnail(path: str, sha256: str, limits: ImageLimits) -> bytes | Refusal:
    """Decode a file whose content is `sha256` and return its thumbnail; runs in a decoding process."""
    try:
        encoded = Path(path).read_bytes()
        if hashing.sha256(encoded) != sha256:
            return Refusal(Reason.CHANGED, "It is another picture now. Scan again.")
        suffix = Path(path).suffix.lower()
        pixels = decode.decode_reduced(encoded, long_side=decode.WORKING_SIDE, limits=limits, suffix=suffix)
    except OSError:
        return Refusal(Reason.VANISHED, "It is not there any more. Scan again.")
    except ImageRefused as refused:
        return Refusal(Reason(refused.reason), refused.sentence)
    return thumbnails.encode(pixels)
