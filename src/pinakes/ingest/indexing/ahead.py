"""Embedding what a scan decodes while it goes on: stored and indexed as soon as the scan's rows are there."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from pinakes.core import logging
from pinakes.core.errors import InvalidRequest, PinakesError
from pinakes.core.protocols import PixelEmbedder
from pinakes.core.types import Refusal, Vector
from pinakes.ingest.framing import Framed, Framing
from pinakes.ingest.indexing.indexing import Indexing
from pinakes.ingest.indexing.report import IndexReport, Step
from pinakes.vectors.bounds import batches

#: Pictures in one request and requests at once: while one is inferred, the next is on its way.
AT_ONCE, IN_FLIGHT = 32, 2

#: Framed pictures that wait at most, 150 KB each for most models; beyond it the scan waits.
WAITING = 2 * AT_ONCE * IN_FLIGHT

#: Longest time that an embedding waits to be stored once its content is, seconds.
STORE_SECONDS = 2.0

#: Longest time that a request in flight is waited for at the end, seconds.
CLOSE_SECONDS = 5.0

#: Units that may wait to be stored.
_MOST_UNITS = 16

#: How often a thread looks whether it is to end, seconds.
_LOOK_SECONDS = 0.2


class Ahead:
    """Implements `Alongside` for one scan.

    A model that fails ends it, but not the scan: what is not embedded then is left to `Indexing.run`, which
    reads the files again and says what is wrong.

    Args:
        indexing: stores and indexes what was made.
        framing: how the model wants pictures.
        embedder: asks the model; None where framing is embedding already, as with the model that ships.
        report: is added to.
    """

    def __init__(
        self, indexing: Indexing, framing: Framing, embedder: PixelEmbedder | None, report: IndexReport
    ) -> None:
        self._indexing, self._framing, self._embedder, self._report = indexing, framing, embedder, report
        self._waiting: queue.Queue[tuple[str, Framed]] = queue.Queue(WAITING)
        self._offered: set[str] = set()
        self._written: set[str] = set()
        self._made: dict[str, Vector | Refusal] = {}
        self._changed = threading.Condition()
        self._hurrying = False
        self._closing, self._ended = threading.Event(), threading.Event()
        works = [*[self._make] * IN_FLIGHT, self._keep]
        self._threads = [threading.Thread(target=work, name="pinakes-ahead", daemon=True) for work in works]

    @property
    def framing(self) -> Framing:
        """That of the model in use."""
        return self._framing

    def wants(self, sha256: str) -> bool:
        """Whether the content has no embedding yet, and the model still answers."""
        return not self._ended.is_set() and not self._indexing.is_embedded(sha256)

    def offer(self, sha256: str, framed: Framed) -> None:
        """Queue a picture; waits while the queue is full, and drops it once a model has failed."""
        with self._changed:
            self._start()
            self._offered.add(sha256)
            if framed.ndim == 1:
                self._made[sha256] = framed
                self._changed.notify_all()
                return
        while not self._over:
            with suppress(queue.Full):
                self._waiting.put((sha256, framed), timeout=_LOOK_SECONDS)
                return

    def written(self, sha256s: Sequence[str]) -> None:
        """Store the embeddings of these contents, now or when they are made."""
        with self._changed:
            self._written |= self._offered.intersection(sha256s)
            self._changed.notify_all()

    def hurry(self) -> None:
        """Nothing more is offered: store as soon as there is anything to store."""
        with self._changed:
            self._hurrying = True
            self._changed.notify_all()

    @property
    def is_done(self) -> bool:
        """Whether everything that was offered and written is stored."""
        with self._changed:
            return self._ended.is_set() or not self._written

    def close(self) -> None:
        """Store what is made, and end; what is not yet embedded is dropped, and so is a late answer."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        until = time.monotonic() + CLOSE_SECONDS
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(None if thread is self._threads[-1] else max(0.0, until - time.monotonic()))

    def _start(self) -> None:
        for thread in self._threads:
            if thread.ident is None:
                thread.start()

    def _make(self) -> None:
        while not self._over:
            batch = self._batch()
            if batch:
                self._guarded(partial(self._embed, batch))

    def _batch(self) -> list[tuple[str, Framed]]:
        batch: list[tuple[str, Framed]] = []
        try:
            batch.append(self._waiting.get(timeout=_LOOK_SECONDS))
            while len(batch) < AT_ONCE:
                batch.append(self._waiting.get_nowait())
        except queue.Empty:
            pass
        return batch

    def _embed(self, batch: Sequence[tuple[str, Framed]]) -> None:
        if self._embedder is None:
            raise InvalidRequest("Nothing embeds pixels here.")
        with self._indexing.metrics.asked(Step.EMBED):
            found = self._embedder.embed_pixels([framed for _, framed in batch])
        with self._changed:
            self._made.update(zip([sha256 for sha256, _ in batch], found, strict=True))
            self._changed.notify_all()
            # A store that is slow slows the embedding down, and that the scan.
            self._changed.wait_for(
                lambda: len(self._ready()) < _MOST_UNITS * self._indexing.unit or self._over
            )

    def _keep(self) -> None:
        while not self._over:
            self._guarded(self._store)
        self._guarded(self._store)

    def _store(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._is_due(), timeout=STORE_SECONDS)
            due = self._ready()
        for some in batches(list(due.items()), self._indexing.unit):
            self._indexing.keep(dict(some), self._report)
        with self._changed:
            for kept in (self._offered, self._written):
                kept.difference_update(due)
            for sha256 in due:
                del self._made[sha256]
            self._changed.notify_all()

    def _is_due(self) -> bool:
        return len(self._ready()) >= (1 if self._hurrying else self._indexing.unit)

    @property
    def _over(self) -> bool:
        return self._closing.is_set() or self._ended.is_set()

    def _ready(self) -> dict[str, Vector | Refusal]:
        return {sha256: made for sha256, made in self._made.items() if sha256 in self._written}

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do some work; an error of it ends everything here, and is left to whoever does it again."""
        try:
            work()
        except Exception as error:
            if not isinstance(error, PinakesError):
                logging.get("ingest").error("embedding-while-scanning-failed", exc_info=error)
            self._ended.set()
            with self._changed:
                self._changed.notify_all()
