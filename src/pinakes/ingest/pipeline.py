"""A scan: walk, compare, read what changed, prepare what is new, and store each outcome."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, insert, update

from pinakes.blobs.base import BlobStore
from pinakes.core.paths import is_under
from pinakes.core.settings import ImageLimits
from pinakes.db.tables import scans
from pinakes.images.processes import Workers
from pinakes.ingest.alongside import Alongside
from pinakes.ingest.changes import Change, changes, remembered
from pinakes.ingest.engines.base import RunnerMaker
from pinakes.ingest.report import ScanReport, make_report
from pinakes.ingest.sidecars import is_sidecar
from pinakes.ingest.sink import Outcome, Sink
from pinakes.ingest.source import Found, Walk
from pinakes.ingest.taking import Taker

#: Outcomes written in one transaction, and the longest time they wait for it, seconds.
BATCH, BATCH_SECONDS = 256, 1.0

#: Files in flight for each decoding process: enough that none waits for the disk.
_AHEAD = 4


@dataclass(slots=True)
class Progress:
    """How far a scan is: files met, files read because they changed, their bytes; `total` once counted."""

    done: int = 0
    read: int = 0
    bytes: int = 0
    total: int | None = None
    started: float = field(default_factory=time.monotonic)
    changes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Scan:
    """Everything one scan needs; `run` may be interrupted at any moment and run again."""

    engine: Engine
    thumbnails: BlobStore
    limits: ImageLimits
    workers: int
    make_runner: RunnerMaker = Workers

    def run(
        self,
        walk: Walk,
        *,
        watch: Callable[[Progress], None] | None = None,
        alongside: Alongside | None = None,
    ) -> ScanReport:
        """Bring the library up to date with the folders of `walk`.

        An unchanged file costs one stat. With `watch`, the folders are counted beside the scan and `watch`
        is called from this thread after every batch; an exception it raises stops the scan. `alongside`
        gets what it wants of every picture that is decoded.

        Raises:
            DiskFull: what was stored before stays stored.
            KeyboardInterrupt: passed on, once what was finished is stored.
        """
        progress = Progress()
        with self.engine.begin() as connection:
            row = {"folders": [ascii(folder) for folder in walk.reach], "started_at": time.time()}
            scan = connection.execute(insert(scans).values(row).returning(scans.c.id)).scalar_one()
        if watch is not None:
            _count_beside(walk, progress)
        sink = Sink(self.engine, scan)
        sink.doubt_outdated()
        unlisted = _Run(self, walk, sink, progress, watch or _nobody, alongside).go()
        seconds = time.monotonic() - progress.started
        report = make_report(self.engine, walk.reach, progress.changes, unlisted, seconds)
        with self.engine.begin() as connection:
            done = {"finished_at": time.time(), "counts": report.counts}
            connection.execute(update(scans).where(scans.c.id == scan).values(done))
        return report


class _Run:
    """The moving parts of one scan."""

    def __init__(
        self,
        scan: Scan,
        walk: Walk,
        sink: Sink,
        progress: Progress,
        watch: Callable[[Progress], None],
        alongside: Alongside | None,
    ) -> None:
        self._scan, self._walk, self._sink, self._alongside = scan, walk, sink, alongside
        self._progress, self._watch = progress, watch
        self._gone: list[bytes] = []
        self._back: list[bytes] = []
        self._unlisted: list[Found] = []
        self._places = {folder: _place(folder) for folder in walk.reach}

    def go(self) -> list[Found]:
        """Run to the end; returns the folders that could not be listed."""
        workers = self._scan.make_runner(self._scan.workers, self._scan.limits)
        ahead = workers.width * _AHEAD
        taker = Taker(
            self._scan.engine,
            self._walk.folders,
            self._scan.limits,
            self._scan.thumbnails,
            workers,
            self._sink,
            self._alongside,
        )
        readers = ThreadPoolExecutor(ahead, thread_name_prefix="pinakes-read")
        try:
            self._store(self._in_order(readers, taker, ahead * 2))
            gone = self._out_of_sight()
            for path in map(os.fsdecode, gone):
                self._sink.retell(taker.retold_beside(path))
        finally:
            readers.shutdown(wait=False, cancel_futures=True)
            workers.stop()
        self._sink.mark_back(self._back)
        moved = self._sink.mark_gone(gone) if gone else 0
        self._progress.changes.update(moved=moved, missing=len(gone) - moved)
        return self._unlisted

    def _in_order(self, readers: ThreadPoolExecutor, taker: Taker, window: int) -> Iterator[Outcome]:
        waiting: deque[Future[Outcome]] = deque()
        for found in self._to_read():
            waiting.append(readers.submit(taker.take, found))
            if len(waiting) >= window:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _to_read(self) -> Iterator[Found]:
        with self._scan.engine.execution_options(readonly=True).connect() as connection:
            known = remembered(connection, self._walk.reach)
            for change in changes(self._met(), known, at_rest=self._walk.is_at_rest):
                if change is None:
                    self._progress.done += 1
                    self._progress.changes["unchanged"] += 1
                else:
                    yield from self._sorted_out(change)

    def _sorted_out(self, change: Change) -> Iterable[Found]:
        found, known = change.found, change.known
        if found is None:
            if known is not None and not known.missing:
                self._gone.append(known.path)
            return ()
        # A sidecar that is back tells again what it told before.
        if change.returned and known is not None and not is_sidecar(found.path):
            self._progress.done += 1
            self._progress.changes["returned"] += 1
            self._back.append(known.path)
            return ()
        self._progress.changes["new" if known is None else "changed"] += 1
        return (found,)

    def _met(self) -> Iterator[Found]:
        for found in self._walk:
            if found.is_folder:
                self._unlisted.append(found)
            else:
                yield found

    def _out_of_sight(self) -> list[bytes]:
        # What lies in a folder that could not be listed, or whose drive came or went, is not known gone.
        changed = [folder for folder, place in self._places.items() if _place(folder) != place]
        closed = (*changed, *(found.path for found in self._unlisted))
        gone = [(path, os.fsdecode(path)) for path in self._gone]
        return [
            raw
            for raw, path in gone
            if not any(is_under(path, folder) for folder in closed) and not self._walk.leaves_alone(path)
        ]

    def _store(self, outcomes: Iterable[Outcome]) -> None:
        batch: list[Outcome] = []
        until = time.monotonic() + BATCH_SECONDS
        try:
            for outcome in outcomes:
                batch.append(outcome)
                self._progress.done += 1
                self._progress.read += 1
                self._progress.bytes += outcome.status.st_size if outcome.status else 0
                if len(batch) >= BATCH or time.monotonic() >= until:
                    finished, batch = batch, []
                    self._write(finished)
                    self._watch(self._progress)
                    until = time.monotonic() + BATCH_SECONDS
        finally:
            self._write(batch)
        self._watch(self._progress)

    def _write(self, outcomes: Sequence[Outcome]) -> None:
        self._sink.write(outcomes)
        if self._alongside is not None:
            self._alongside.written([each.sha256 for each in outcomes if each.sha256 and each.facts])


def _place(folder: str) -> tuple[int, int] | None:
    """What tells a folder from another at the same path: device and inode."""
    try:
        status = Path(folder).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _count_beside(walk: Walk, progress: Progress) -> None:
    def count() -> None:
        progress.total = walk.count()

    threading.Thread(target=count, name="pinakes-count", daemon=True).start()


def _nobody(_: Progress) -> None:
    """Watch nothing."""
