"""Taking one file in: read it, name its content, prepare that content if nobody has before."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path

from sqlalchemy import Engine

from pinakes.blobs.base import BlobStore
from pinakes.core.paths import is_under
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Reason, Refusal, Row
from pinakes.images import formats, hashing
from pinakes.ingest import concerned, sidecars
from pinakes.ingest.alongside import Alongside
from pinakes.ingest.engines.base import Runner
from pinakes.ingest.sink import Outcome, Sink
from pinakes.ingest.source import Found
from pinakes.ingest.steps import prepare, read_whole, retell

#: Contents whose facts are kept in memory until their rows are surely written: some batches' worth.
_REMEMBERED = 2048

_SENTENCES = {
    Reason.LINK: "It is a symbolic link; links are not followed.",
    Reason.SPECIAL_FILE: "It is no regular file.",
    Reason.HIDDEN: "Its name begins with a dot.",
    Reason.EXCLUDED: "The patterns given leave it out.",
    Reason.PERMISSION_DENIED: "You may not read it. Change its permissions and scan again.",
    Reason.VANISHED: "It was gone when it was to be read.",
}


class Taker:
    """Takes files in, from any number of threads."""

    def __init__(
        self,
        engine: Engine,
        folders: tuple[str, ...],
        limits: ImageLimits,
        thumbnails: BlobStore,
        workers: Runner,
        sink: Sink,
        alongside: Alongside | None = None,
    ) -> None:
        self._engine = engine
        self._folders, self._limits, self._thumbnails = folders, limits, thumbnails
        self._workers, self._sink, self._alongside = workers, sink, alongside
        self._preparing: dict[str, Future[Row | Refusal]] = {}
        self._prepared: dict[str, Row] = {}
        self._lock = threading.Lock()

    def take(self, found: Found) -> Outcome:
        """Bring one file to its outcome; its own faults never raise.

        Raises:
            DiskFull: there is no room for its thumbnail.
        """
        folder = next(f for f in self._folders if is_under(found.path, f))
        decided = _decided(found)
        read = decided if decided is not None else read_whole(found.path, self._limits)
        if isinstance(read, Refusal):
            retold = self.retold_beside(found.path) if read.reason is Reason.SIDECAR else {}
            return Outcome(found.path, folder, found.status, refusal=read, retold=retold)
        encoded, status = read
        sha256 = hashing.sha256(encoded)
        del encoded, read
        if self._sink.is_prepared(sha256):
            retold = self._retold([(found.path, sha256)]) if sidecars.beside(found.path) else {}
            return Outcome(found.path, folder, status, sha256, retold=retold)
        facts = self._prepared_once(found.path, sha256)
        if isinstance(facts, Refusal):
            return Outcome(found.path, folder, status, refusal=facts)
        return Outcome(found.path, folder, status, sha256, facts)

    def retold_beside(self, sidecar: str) -> dict[str, Row]:
        """Read the metadata of the pictures beside a sidecar anew: it is new, was changed, or is gone."""
        if not sidecars.is_sidecar(sidecar):
            return {}
        return self._retold(concerned.pictures_of(self._engine, sidecar))

    def _retold(self, pictures: Iterable[tuple[str, str]]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for path, sha256 in pictures:
            if not os.path.lexists(path):
                continue
            # Copies share what is known of them: of their sidecars, the one changed last tells it.
            newest = sidecars.newest({path, *concerned.copies_of(self._engine, sha256)})
            row = self._workers.run(retell, path, sha256, newest, self._limits)
            if not isinstance(row, Refusal):
                found[sha256] = row
        return found

    def _prepared_once(self, path: str, sha256: str) -> Row | Refusal:
        # Copies met at the same time wait for the first one instead of decoding again.
        with self._lock:
            if sha256 in self._prepared:
                return self._prepared[sha256]
            first = self._preparing.get(sha256)
            mine = first is None
            shared = first or self._preparing.setdefault(sha256, Future())
        if not mine:
            facts = shared.result()
            return self._prepare(path, sha256) if isinstance(facts, Refusal) else facts
        try:
            facts = self._prepare(path, sha256)
        except BaseException as error:
            shared.set_exception(error)
            raise
        else:
            shared.set_result(facts)
            return facts
        finally:
            with self._lock:
                del self._preparing[sha256]

    def _prepare(self, path: str, sha256: str) -> Row | Refusal:
        beside = self._alongside if self._alongside and self._alongside.wants(sha256) else None
        prepared = self._workers.run(
            prepare, path, sha256, self._limits, beside.framing if beside is not None else None
        )
        if isinstance(prepared, Refusal):
            return prepared
        self._thumbnails.put(sha256, prepared.thumbnail)
        if beside is not None and prepared.framed is not None:
            beside.offer(sha256, prepared.framed)
        with self._lock:
            self._prepared[sha256] = prepared.facts
            if len(self._prepared) > _REMEMBERED:
                del self._prepared[next(iter(self._prepared))]
        return prepared.facts


def _decided(found: Found) -> Refusal | None:
    if found.reason is not None:
        return Refusal(found.reason, _SENTENCES.get(found.reason, "It cannot be read."))
    suffix = Path(found.path).suffix.lower()
    if suffix in formats.SIDECAR_SUFFIXES:
        return Refusal(Reason.SIDECAR, "It belongs to a picture and is none itself.")
    if suffix in formats.VIDEO_SUFFIXES:
        return Refusal(Reason.NOT_A_PICTURE, "It is a video.")
    return None
