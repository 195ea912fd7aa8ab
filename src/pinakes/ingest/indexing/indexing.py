"""Indexing: what the library holds is embedded, captioned, read, and put where it can be found."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

from sqlalchemy import Engine

from pinakes.core.errors import InvalidRequest
from pinakes.core.protocols import Captioner, Embedder, TextReader
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Caption, ModelIdentity, Refusal, Vector
from pinakes.ingest.indexing.computing import Ask, Asking, Computation
from pinakes.ingest.indexing.metrics import IndexMetrics
from pinakes.ingest.indexing.pending import KINDS, Pending, is_done
from pinakes.ingest.indexing.placing import Placing, entries_of
from pinakes.ingest.indexing.report import COUNTED, IndexProgress, IndexReport, Refused, Step
from pinakes.ingest.indexing.storing import store
from pinakes.ingest.indexing.targets import Documents, Points, Target
from pinakes.vectors.base import Collection
from pinakes.vectors.naming import collection_name
from pinakes.words.base import WordIndex

#: Pictures in one request and requests at once, by step: embedding services batch sixteen of one caller, and
#: four requests keep one busy; captions and reading take up to seconds each, and are to be stopped sooner.
_REQUESTS = {Step.EMBED: (16, 4), Step.CAPTION: (4, 2), Step.READ: (2, 2)}


class Watch(Protocol):
    """Hears how far a run is; whatever it raises stops the run, and what was done stays done."""

    def __call__(self, progress: IndexProgress, /) -> None:
        """Take note."""
        ...


class Indexing:
    """Everything that a run needs; a run may be ended at any moment and run again.

    Args:
        engine: the library.
        collection: where embeddings go; None to leave vectors alone.
        words: where words go; None to leave them alone.
        embedder: makes embeddings of the collection's model; None puts in those that are stored already.
        limits: of a single picture.
        captioner: describes pictures; None to leave that out.
        reader: reads the text in pictures; None to leave that out.
        unit: pictures whose vectors and rows are stored together.
        metrics: counts what happens.
        left_out: why a step is left out, a sentence by its name, for the report.
    """

    def __init__(
        self,
        engine: Engine,
        collection: Collection | None,
        words: WordIndex | None,
        embedder: Embedder | None,
        limits: ImageLimits,
        *,
        captioner: Captioner | None = None,
        reader: TextReader | None = None,
        unit: int = 64,
        metrics: IndexMetrics | None = None,
        left_out: dict[Step, str] | None = None,
    ) -> None:
        self.engine, self.collection, self.embedder = engine, collection, embedder
        self._words, self._limits, self.unit = words, limits, unit
        self._captioner, self._reader = captioner, reader
        self.metrics = metrics or IndexMetrics()
        self._left_out = left_out or {}

    def run(
        self,
        folders: Sequence[str] | None,
        *,
        watch: Watch,
        again: bool = False,
        report: IndexReport | None = None,
    ) -> IndexReport:
        """Bring both indexes up to date with the present assets below `folders`; None is the whole library.

        Contents that a model refused are asked again only with `again`. Embeddings are findable before
        captions and text are made. A `report` that is given is added to.

        Raises:
            ServiceUnavailable, ProtocolViolation: a service or a store is away; run again when it is back.
            InvalidRequest: the collection holds embeddings of another model.
            StateUnusable: an index is damaged or closed.
        """
        started = time.monotonic()
        report = report or IndexReport()
        report.skipped.update({str(step): why for step, why in self._left_out.items()})
        before = time.time() if again else None
        self.check()
        self._settle(folders, report, watch)
        self._compute(Step.EMBED, folders, before, report, watch)
        report.count("indexed", self._place(folders, watch))
        for step in (Step.CAPTION, Step.READ):
            self._compute(step, folders, before, report, watch)
        self._place(folders, watch)
        if self.collection is not None and (report.counts["indexed"] or report.counts["removed"]):
            self.collection.flush()
        report.seconds = round(time.monotonic() - started, 3)
        return report

    def check(self) -> None:
        """Refuse to mix models.

        Raises:
            InvalidRequest: the collection holds embeddings of another model than the embedder's.
            ServiceUnavailable: the embedder cannot say whose it makes.
        """
        if self.collection is None or self.embedder is None:
            return
        kept, made = self.collection.identity, self.embedder.identity
        if kept != made:
            raise InvalidRequest(
                f"The collection holds embeddings of {kept.key} with {kept.dimensions} dimensions; the model "
                f"in use is {made.key} with {made.dimensions}.",
                remedy="Use the collection of that model, or re-embed the library with this one.",
            )

    def is_embedded(self, sha256: str) -> bool:
        """Whether the embedding of a content by the collection's model is stored."""
        if self.collection is None:
            return True
        return is_done(self.engine, Step.EMBED, self.collection.identity, sha256)

    def keep(self, made: Mapping[str, Vector | Refusal], report: IndexReport) -> None:
        """Store what the collection's model made of contents, by their SHA-256, and index their assets."""
        if self.collection is None:
            return
        vectors = {sha256: each for sha256, each in made.items() if not isinstance(each, Refusal)}
        refused = {sha256: each for sha256, each in made.items() if isinstance(each, Refusal)}
        store(self.engine, Step.EMBED, self.collection.identity, vectors, refused)
        report.count(COUNTED[Step.EMBED], len(vectors))
        entries = entries_of(self.engine, made)
        for entry, path in entries.items():
            if entry.sha256 in refused:
                why = refused.pop(entry.sha256)
                report.refuse(Refused(path, entry.sha256, Step.EMBED, why.reason, why.detail))
        put = [placing.put(list(entries)) for placing in self._placings(None)]
        report.count("indexed", max(put, default=0))

    def _settle(self, folders: Sequence[str] | None, report: IndexReport, watch: Watch) -> None:
        removed = []
        for placing in self._placings(folders):
            placing.mend()
            removed.append(placing.sweep(watch))
        report.count("removed", max(removed, default=0))

    def _place(self, folders: Sequence[str] | None, watch: Watch) -> int:
        return max((placing.place(watch) for placing in self._placings(folders)), default=0)

    def _placings(self, folders: Sequence[str] | None) -> Iterator[Placing]:
        for target in self._targets():
            yield Placing(self.engine, target, folders, self.unit, self.metrics)

    def _targets(self) -> Iterator[Target]:
        if self.collection is not None:
            yield Points(self.collection)
        if self._words is not None:
            makers = {Step.CAPTION: self._captioner, Step.READ: self._reader}
            models = {KINDS[step]: maker.identity.key for step, maker in makers.items() if maker is not None}
            yield Documents(self._words, models)

    def _compute(
        self,
        step: Step,
        folders: Sequence[str] | None,
        again_before: float | None,
        report: IndexReport,
        watch: Watch,
    ) -> None:
        asked = self._asked(step)
        if asked is None:
            return
        model, ask = asked
        at_once, in_flight = _REQUESTS[step]
        asking = Asking(ask, min(at_once, self.unit), in_flight, self.unit)
        placed_in = collection_name(model) if step is Step.EMBED and self.collection is not None else None
        pending = Pending(self.engine, step, model, folders, again_before, placed_in)
        Computation(pending, self._limits, asking, report, self.metrics, watch).run()

    def _asked(self, step: Step) -> tuple[ModelIdentity, Ask] | None:
        """Whose results a step stores, and how it asks; None where there is no model for it."""
        if step is Step.EMBED:
            return (self.embedder.identity, self.embedder.embed) if self.embedder else None
        if step is Step.CAPTION:
            return (
                (self._captioner.identity, partial(_captions, self._captioner)) if self._captioner else None
            )
        return (self._reader.identity, self._reader.read) if self._reader else None


def _captions(captioner: Captioner, images: Sequence[bytes]) -> list[str | Refusal]:
    return [said.text if isinstance(said, Caption) else said for said in captioner.caption(images)]
