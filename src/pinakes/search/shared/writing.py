"""What changes the shared search: indexes made and deleted, images embedded, once more, and forgotten."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from threading import RLock

from pinakes.core.errors import DeadlineExceeded, InvalidRequest, NotFound, NotReady
from pinakes.core.types import Refusal, Vector
from pinakes.search.shared.contents import ContentEmbedder
from pinakes.search.shared.image_root import ImageRoot
from pinakes.search.shared.pictures import Batch, Picture, batches
from pinakes.search.shared.register import Kept, Register, Settled
from pinakes.search.shared.shelf import Shelf
from pinakes.search.shared.types import EmbedReport, FailedImage, Place, ReindexReport
from pinakes.words.base import Document, WordField, WordIndex


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
        """Clear what a kill left of deleted indexes, and embeddings that nothing needs."""
        for tenant in self._register.leaving():
            self._shelf.clear(tenant)
            self._register.left(tenant)
        self._register.forget_unused()

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
            if tenant is None:
                return 0
            ids = [kept.id for kept in self._register.kept(tenant, numbers).values()]
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
        if self._contents is None:
            raise NotReady("The model is still loading.")
        tenant, _ = self._register.create(place)
        embedded: list[int] = []
        failed: list[FailedImage] = []
        cached = 0
        for batch in batches(self._root, paths):
            _check_time(until, len(embedded))
            outcomes, known = self._contents.embed(batch.contents, until=until)
            good, refused = _parted(batch, outcomes)
            self._store(place, tenant, good)
            embedded += [picture.image for picture, _ in good]
            failed += [*batch.failed, *refused]
            cached += known
        return EmbedReport(tuple(embedded), tuple(failed), cached)

    def reindex(self, place: Place, *, after: int, limit: int, until: float) -> ReindexReport:
        """Embed a portion of an index's images again that another model embedded, or none.

        Raises:
            NotFound: there is no such index.
            NotReady, DeadlineExceeded, ServiceUnavailable, ProtocolViolation: as `embed`.
        """
        tenant = self._register.tenant(place)
        if tenant is None:
            raise NotFound(f"The user {place.owner} has no index of a folder {place.folder}.")
        portion = self._register.outdated(tenant, self._shelf.name, after=after, limit=limit)
        paths = {kept.image: kept.path for kept in portion if kept.path is not None}
        done = self.embed(place, paths, until=until)
        unknown = [_without_path(kept) for kept in portion if kept.path is None]
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
            self._register.settle([Settled(kept.id, name) for kept in taken])
            return len(taken)

    def _store(self, place: Place, tenant: int, good: Sequence[tuple[Picture, Vector]]) -> None:
        if not good:
            return
        with self._writing:
            rows = self._register.named(tenant, {picture.image: picture.path for picture, _ in good})
            if not rows:
                raise NotFound(
                    f"The index of the folder {place.folder} was deleted while its images were embedded."
                )
            settled = [
                Settled(rows[each.image].id, self._shelf.name, each.path, each.sha256) for each, _ in good
            ]
            self._shelf.put([(rows[each.image].id, tenant, vector) for each, vector in good])
            self._shelf.forget(self._moved(rows), earlier=True)
            self._words.upsert([document_of(row, tenant) for row in settled])
            self._register.settle(settled)

    def _moved(self, rows: Mapping[int, Kept]) -> list[int]:
        """Ids of the images that another model embedded before."""
        return [row.id for row in rows.values() if row.collection not in (None, self._shelf.name)]


def check_numbers(numbers: Sequence[int]) -> None:
    """Refuse images that are named twice, since only one of two paths could be kept.

    Raises:
        InvalidRequest: naming the first of them.
    """
    seen: set[int] = set()
    for number in numbers:
        if number in seen:
            raise InvalidRequest(f"The image {number} is named twice.", remedy="Name each image once.")
        seen.add(number)


def _check_time(until: float, done: int) -> None:
    if time.monotonic() > until:
        raise DeadlineExceeded(
            f"The time for this request ran out after {done:,} images.",
            remedy="Send it again, which goes on from there, or send fewer images.",
        )


def _parted(
    batch: Batch, outcomes: Mapping[str, Vector | Refusal]
) -> tuple[list[tuple[Picture, Vector]], list[FailedImage]]:
    """The images of a batch that were embedded, and those that the model, or the decoder, refused."""
    good: list[tuple[Picture, Vector]] = []
    failed: list[FailedImage] = []
    for picture in batch.read:
        outcome = outcomes[picture.sha256]
        if isinstance(outcome, Refusal):
            failed.append(FailedImage(picture.image, picture.path, outcome.reason.value, outcome.detail))
        else:
            good.append((picture, outcome))
    return good, failed


def _without_path(kept: Kept) -> FailedImage:
    return FailedImage(kept.image, "", "no-path", "Only its vector is known, not its file: embed it anew.")


def document_of(image: Settled, tenant: int) -> Document:
    """What words can find of an image: the name of its file, not the directories, which are the backend's."""
    name = PurePosixPath(image.path or "").name
    return Document(image.id, {WordField.NAME: name}, {"folder": tenant, "asset": image.id})
