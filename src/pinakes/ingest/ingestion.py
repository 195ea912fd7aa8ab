"""A scan and the indexing of what it finds as one piece of work, in which a file is decoded once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pinakes.core.errors import InvalidRequest, PinakesError
from pinakes.core.protocols import PixelEmbedder
from pinakes.ingest.framing import framing_of
from pinakes.ingest.indexing.ahead import Ahead
from pinakes.ingest.indexing.indexing import Indexing, Watch
from pinakes.ingest.indexing.report import IndexProgress, IndexReport
from pinakes.ingest.pipeline import Progress, Scan
from pinakes.ingest.report import ScanReport
from pinakes.ingest.source import Walk

#: How often `watch` hears of what is embedded after the scan, seconds.
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What the scan found, and what became of it in the indexes."""

    scan: ScanReport
    index: IndexReport

    def as_json(self) -> dict[str, Any]:
        """The scan's report as plain JSON values, with that of the indexes as `index`."""
        return {**self.scan.as_json(), "index": self.index.as_json()}


@dataclass(frozen=True, slots=True)
class Ingestion:
    """Both parts; `run` may be interrupted at any moment and run again."""

    scan: Scan
    indexing: Indexing

    def run(
        self,
        walk: Walk,
        *,
        watch: Watch,
        again: bool = False,
        scanned: Callable[[ScanReport], None] | None = None,
    ) -> IngestReport:
        """Scan, and index what is there; `watch` hears of the phase `scan` and then as `Indexing.run` says.

        `scanned` hears of the scan's report as soon as it is there, whatever comes of the indexes.

        Where the model says how it frames pictures, they are embedded and indexed while the scan goes on;
        else, and where anything goes wrong with that, all files that need it are read again after it.

        Raises:
            InvalidRequest: the collection holds embeddings of another model; nothing was scanned.
            Else as `Scan.run` and `Indexing.run`; what was done stays done. A service or store that is away
            is reported after the scan.
        """
        index = IndexReport()
        with self._ahead(index) as ahead:

            def scanning(progress: Progress) -> None:
                watch(IndexProgress("scan", progress.done, 0, progress.total))

            report = self.scan.run(walk, watch=scanning, alongside=ahead)
            if scanned is not None:
                scanned(report)
            if ahead is not None:
                ahead.hurry()
                while not ahead.is_done:
                    watch(IndexProgress("embed", index.counts["embedded"], 0, None))
                    time.sleep(_LOOK_SECONDS)
        self.indexing.run(walk.reach, watch=watch, again=again, report=index)
        return IngestReport(report, index)

    @contextmanager
    def _ahead(self, report: IndexReport) -> Iterator[Ahead | None]:
        ahead = self._opened(report)
        if ahead is None:
            yield None
            return
        try:
            yield ahead
        finally:
            ahead.close()

    def _opened(self, report: IndexReport) -> Ahead | None:
        """What embeds during the scan; None where the model takes files, or is away."""
        try:
            self.indexing.check()
            return self._made(report)
        except InvalidRequest:
            raise
        except PinakesError:  # said again after the scan, when it may be back
            return None

    def _made(self, report: IndexReport) -> Ahead | None:
        embedder = self.indexing.embedder
        if self.indexing.collection is None or embedder is None:
            return None
        framing = framing_of(embedder.identity)
        if framing is None:
            return None
        if framing.picture is None:
            return Ahead(self.indexing, framing, None, report)
        if isinstance(embedder, PixelEmbedder) and embedder.takes_pixels():
            return Ahead(self.indexing, framing, embedder, report)
        return None
