"""A step over all contents that lack it: files read, a model asked, several requests in flight."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from pinakes.core.settings import ImageLimits
from pinakes.core.types import Refusal
from pinakes.ingest.indexing.metrics import IndexMetrics
from pinakes.ingest.indexing.pending import PAGE, Pending, Wanted
from pinakes.ingest.indexing.reading import OF_THE_FILE, read
from pinakes.ingest.indexing.report import COUNTED, IndexProgress, IndexReport, Refused
from pinakes.ingest.indexing.storing import Made, store

#: Most bytes of files that are in memory for one request; a larger file goes alone.
MOST_BYTES = 32 * 2**20

#: Longest time that what a model made waits to be stored, seconds.
STORE_SECONDS = 2.0

#: Contents remembered as asked: what a page of pending ones may hold of copies, with all that is in flight.
_REMEMBERED = 8 * PAGE

#: Asks a model about encoded pictures, one outcome each.
Ask = Callable[[Sequence[bytes]], Sequence[Made | Refusal]]


@dataclass(frozen=True, slots=True)
class Asking:
    """How a step asks its model.

    Attributes:
        ask: embeds, captions or reads some pictures.
        at_once: pictures in one request.
        in_flight: requests at once.
        unit: results stored in one transaction.
    """

    ask: Ask
    at_once: int
    in_flight: int
    unit: int


@dataclass(slots=True)
class Computation:
    """One step of one run; `run` does it to the end."""

    pending: Pending
    limits: ImageLimits
    asking: Asking
    report: IndexReport
    metrics: IndexMetrics
    watch: Callable[[IndexProgress], None]
    _progress: IndexProgress = field(init=False)
    _unstored: list[tuple[Wanted, Made | Refusal]] = field(default_factory=list)
    _stored_at: float = 0.0
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Do every content once; what was made is stored, whatever ends the run.

        Raises:
            ServiceUnavailable, ProtocolViolation: the model's service is away, or is another.

        Whatever `watch` raises stops the run.
        """
        total = self.pending.count()
        self._progress = IndexProgress(self.pending.step, 0, 0, total)
        if total:
            self.watch(self._progress)
            self._go()

    def _go(self) -> None:
        pool = ThreadPoolExecutor(self.asking.in_flight, thread_name_prefix=f"pinakes-{self.pending.step}")
        waiting: deque[tuple[list[Wanted], Future[list[Made | Refusal]]]] = deque()
        self._stored_at = time.monotonic()
        try:
            for portion in portions(self.pending, self.asking.at_once):
                waiting.append((portion, pool.submit(self._outcomes, portion)))
                if len(waiting) > self.asking.in_flight:
                    self._take(*waiting.popleft())
            while waiting:
                self._take(*waiting.popleft())
        finally:
            self._stopping.set()
            pool.shutdown(cancel_futures=True)
            for portion, future in waiting:
                if not future.cancelled() and future.exception() is None:
                    self._unstored += zip(portion, future.result(), strict=True)
            self._store()

    def _outcomes(self, portion: Sequence[Wanted]) -> list[Made | Refusal]:
        files = [self._file(wanted) for wanted in portion]
        readable = [file for file in files if isinstance(file, bytes)]
        with self.metrics.asked(self.pending.step):
            answers = iter(self.asking.ask(readable) if readable else ())
        return [file if isinstance(file, Refusal) else next(answers) for file in files]

    def _file(self, wanted: Wanted) -> bytes | Refusal:
        if self._stopping.is_set():
            raise CancelledError
        return read(self.pending.engine, wanted, self.limits)

    def _take(self, portion: Sequence[Wanted], future: Future[list[Made | Refusal]]) -> None:
        self._unstored += zip(portion, future.result(), strict=True)
        if len(self._unstored) >= self.asking.unit or time.monotonic() > self._stored_at + STORE_SECONDS:
            self._store()
            self.watch(self._progress)

    def _store(self) -> None:
        outcomes, self._unstored = self._unstored, []
        made = {wanted.sha256: each for wanted, each in outcomes if not isinstance(each, Refusal)}
        refused = [(wanted, each) for wanted, each in outcomes if isinstance(each, Refusal)]
        lasting = {w.sha256: refusal for w, refusal in refused if refusal.reason not in OF_THE_FILE}
        if outcomes:
            store(self.pending.engine, self.pending.step, self.pending.model, made, lasting)
        self._stored_at = time.monotonic()
        self._tally(len(made), refused)

    def _tally(self, made: int, refused: Sequence[tuple[Wanted, Refusal]]) -> None:
        step, before = self.pending.step, self._progress
        self.report.count(COUNTED[step], made)
        for wanted, why in refused:
            self.report.refuse(Refused(wanted.path, wanted.sha256, step, why.reason, why.detail))
        done, failed = before.done + made + len(refused), before.failed + len(refused)
        self._progress = IndexProgress(step, done, failed, max(done, before.total or 0))
        self.metrics.items.labels(step, "made").inc(made)
        self.metrics.items.labels(step, "refused").inc(len(refused))


def portions(pending: Pending, at_once: int) -> Iterator[list[Wanted]]:
    """Cut what is pending into requests, bounded in pictures and bytes; copies of one content come once."""
    asked: dict[str, None] = {}
    portion: list[Wanted] = []
    for wanted in pending:
        if wanted.sha256 in asked:
            continue
        asked[wanted.sha256] = None
        if len(asked) > _REMEMBERED:
            del asked[next(iter(asked))]
        size = sum(each.bytes for each in portion) + wanted.bytes
        if portion and (len(portion) == at_once or size > MOST_BYTES):
            yield portion
            portion = []
        portion.append(wanted)
    if portion:
        yield portion
