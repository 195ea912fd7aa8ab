"""What changes the shared search: indexes made and deleted, images embedded, once more, and forgotten."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from threading import RLock

from pinakes.core.errors import DeadlineExceeded, InvalidRequest, NotFound, NotReady
from pinakes.core.types import Refusal, Vector
from pinakes.images.hashing import sha256
from pinakes.search.shared.contents import ContentEmbedder
from pinakes.search.shared.image_root import OUTSIDE, ImageRoot, OutsideRoot
from pinakes.search.shared.register import Register
from pinakes.search.shared.shelf import Shelf
from pinakes.search.shared.types import EmbedReport, FailedImage, Place, ReindexReport
from pinakes.words.base import Document, WordField, WordIndex

#: Pictures embedded together, and bytes of them beyond which a batch ends; bounds what is held in memory.
BATCH, BATCH_BYTES = 32, 64 * 2**20


@dataclass(frozen=True, slots=True)
class _Picture:
    """An image that was read."""

    image: int
    path: str
    sha256: str
    encoded: bytes


class Writer:
    """Changes indexes; what it answered outlives the process, and all of it can be repeated.

    Vectors and words are written before the register says so: after a kill in between, the same request
    writes the same again. Vectors are written under one lock, so that no index that is gone gets any.
    """

    def __init__(self, register: Register, shelf: Shelf, words: WordIndex, root: ImageRoot) -> None:
        self._register, self._shelf, self._words, self._root = register, shelf, words, root
        self._contents: ContentEmbedder | None = None
        self._writing = RLock()

    def use(self, contents: ContentEmbedder) -> None:
        """Embed with this from now on."""
        self._contents = contents

    def settle(self) -> None:
        """Clear what a kill left of deleted indexes."""
        for tenant in self._register.leaving():
            self._shelf.clear(tenant)
            self._register.left(tenant)

    def create(self, place: Place) -> bool:
        """Make an index; False where it was there."""
        return self._register.create(place)[1]

    def delete(self, place: Place) -> bool:
        """Forget an index with all its images; False where there was none."""
        with self._writing:
            gone = self._register.forget(place)
            if gone is None:
                return False
            tenant, ids = gone
            self._words.delete(ids)
            self._shelf.clear(tenant)
            self._register.left(tenant)
            return True

    def delete_images(self, place: Place, numbers: Sequence[int]) -> int:
        """Forget images of an index; how many were there."""
        with self._writing:
            tenant = self._register.tenant(place)
            there = [] if tenant is None else list(self._register.kept(tenant, numbers).values())
            if tenant is None or not there:
                return 0
            ids = [kept.id for kept in there]
            self._shelf.forget(ids)
            self._words.delete(ids)
            self._register.forget_images(tenant, numbers)
            return len(ids)

    def embed(self, place: Place, paths: Mapping[int, str], *, until: float) -> EmbedReport:
        """Embed images by their numbers, each from its file, and make the index where there is none.

        A bad image fails alone. One that is embedded again is replaced, or stays as it was if that fails.

        Raises:
            NotReady: the model is still loading.
            DeadlineExceeded: it is past `until` (`time.monotonic`); what was done stays.
            NotFound: the index was deleted meanwhile.
            ServiceUnavailable, ProtocolViolation: as `Embedder.embed`.
        """
        self._model()
        tenant, _ = self._register.create(place)
        embedded: list[int] = []
        failed: list[FailedImage] = []
        known = 0
        for batch in self._batches(paths, failed):
            if time.monotonic() > until:
                raise DeadlineExceeded(
                    f"The time for this request ran out after {len(embedded):,} images.",
                    remedy="Send it again, which goes on from there, or send fewer images.",
                )
            outcomes, cached = self._model().embed({each.sha256: each.encoded for each in batch}, until=until)
            done = self._stored(place, tenant, batch, outcomes)
            embedded += done
            known += cached
            failed += [_refused(each, outcomes[each.sha256]) for each in batch if each.image not in done]
        return EmbedReport(tuple(embedded), tuple(failed), known)

    def reindex(self, place: Place, *, after: int, limit: int, until: float) -> ReindexReport:
        """Embed a portion of an index's images again that another model embedded, or none.

        Raises:
            NotFound: there is no such index.
            Others: as `embed`.
        """
        tenant = self._register.tenant(place)
        if tenant is None:
            raise NotFound(f"The user {place.owner} has no index of a folder {place.folder}.")
        portion = self._register.outdated(tenant, self._shelf.name, after=after, limit=limit)
        paths = {kept.image: kept.path for kept in portion if kept.path is not None}
        done = self.embed(place, paths, until=until)
        unknown = tuple(
            FailedImage(kept.image, "", "no-path", "Only its vector is known, not its file; embed it anew.")
            for kept in portion
            if kept.path is None
        )
        report = EmbedReport(done.embedded, (*done.failed, *unknown), done.cached)
        return ReindexReport(report, portion[-1].id if len(portion) == limit else None)

    def take_over(self, place: Place, vectors: Mapping[int, Vector]) -> int:
        """Store vectors of images by their numbers as they are; how many.

        Images that were embedded from their files are left alone.
        """
        with self._writing:
            tenant, _ = self._register.create(place)
            rows = self._register.named(tenant, dict.fromkeys(vectors))
            taken = [kept for kept in rows.values() if kept.sha256 is None]
            self._shelf.put([(kept.id, tenant, vectors[kept.image]) for kept in taken])
            name = self._shelf.name
            self._register.settle([{"id": kept.id, "collection": name} for kept in taken])
            return len(taken)

    def _model(self) -> ContentEmbedder:
        if self._contents is None:
            raise NotReady("The model is still loading.")
        return self._contents

    def _batches(self, paths: Mapping[int, str], failed: list[FailedImage]) -> Iterator[list[_Picture]]:
        """Read pictures, a few at a time; those that cannot be read join `failed`."""
        batch: list[_Picture] = []
        held = 0
        for image, path in paths.items():
            try:
                read = self._root.read(path)
            except OutsideRoot:
                detail = "The path leads out of the image root."
                failed.append(FailedImage(image, path, OUTSIDE, detail))
                continue
            if isinstance(read, Refusal):
                failed.append(FailedImage(image, path, read.reason.value, read.detail))
                continue
            if batch and held + len(read) > BATCH_BYTES:
                yield batch
                batch, held = [], 0
            batch.append(_Picture(image, path, sha256(read), read))
            held += len(read)
            if len(batch) == BATCH:
                yield batch
                batch, held = [], 0
        if batch:
            yield batch

    def _stored(
        self, place: Place, tenant: int, batch: Sequence[_Picture], outcomes: Mapping[str, Vector | Refusal]
    ) -> list[int]:
        """Store what was embedded of a batch; the numbers of those images."""
        good: list[tuple[_Picture, Vector]] = []
        for each in batch:
            outcome = outcomes[each.sha256]
            if not isinstance(outcome, Refusal):
                good.append((each, outcome))
        if not good:
            return []
        with self._writing:
            rows = self._register.named(tenant, {each.image: each.path for each, _ in good})
            if not rows:
                raise NotFound(
                    f"The index of the folder {place.folder} was deleted while its images were embedded."
                )
            self._shelf.put([(rows[each.image].id, tenant, vector) for each, vector in good])
            moved = [row.id for row in rows.values() if row.collection not in (None, self._shelf.name)]
            if moved:
                self._shelf.forget(moved, earlier=True)
            self._words.upsert([_document(rows[each.image].id, tenant, each.path) for each, _ in good])
            name = self._shelf.name
            self._register.settle(
                {"id": rows[each.image].id, "path": each.path, "sha256": each.sha256, "collection": name}
                for each, _ in good
            )
        return [each.image for each, _ in good]


def checked_numbers(numbers: Sequence[int]) -> None:
    """Refuse images that are named twice, since only one of two paths could be kept.

    Raises:
        InvalidRequest: naming the first of them.
    """
    seen: set[int] = set()
    for number in numbers:
        if number in seen:
            raise InvalidRequest(f"The image {number} is named twice.", remedy="Name each image once.")
        seen.add(number)


def _refused(picture: _Picture, outcome: Vector | Refusal) -> FailedImage:
    if isinstance(outcome, Refusal):
        return FailedImage(picture.image, picture.path, outcome.reason.value, outcome.detail)
    raise AssertionError("an image that was embedded is no failure")


def _document(image: int, tenant: int, path: str) -> Document:
    """What words can find of an image: the name of its file, not the directories, which are the backend's."""
    name = PurePosixPath(path).name
    return Document(image, {WordField.NAME: name}, {"folder": tenant, "asset": image})
