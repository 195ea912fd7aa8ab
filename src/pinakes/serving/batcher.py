"""Pull-based batching of one model: a free worker takes what waits; idle is no delay, busy means batches."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial

from pinakes.core import logging
from pinakes.core.errors import DeadlineExceeded, ModelFailed, OutOfMemory
from pinakes.core.types import Refusal, Task
from pinakes.models.base import LoadedModel, Prepared, Result
from pinakes.models.isolation import isolating
from pinakes.serving.cache import Key
from pinakes.serving.cap import Cap
from pinakes.serving.fairness import FairQueue, Shares
from pinakes.serving.pace import NEWEST_WEIGHT
from pinakes.serving.preparation import PreparationPool
from pinakes.serving.prepared_input import prepared_input
from pinakes.serving.request import Item, Outcome, Priority, Request
from pinakes.serving.watch import Watch

#: Batches' worth of prepared inputs that may wait for the model when bulk work comes; each class of urgency
#: above it finds room for one more, so that it is not kept out by what is less urgent, and so does a client
#: of whom nothing is prepared: who waited long enough counts as urgent, and one library has filled that room.
AHEAD_BATCHES = 1

#: Longest call that a preparing thread makes itself, seconds: about what decoding a picture takes, so that
#: pictures for other models wait no longer than for one another.
OWN_CALL_SECONDS = 0.005

#: Full batches that must succeed before a cap that memory lowered is raised by one input.
GROW_AFTER = 10


@dataclass(frozen=True, slots=True)
class _Ready:
    """An input that waits for the model; it came at `arrived`, and took `seconds` to prepare."""

    item: Item
    prepared: Prepared
    key: Key | None
    arrived: float
    seconds: float

    @property
    def request(self) -> Request:
        return self.item.request


class Batcher:
    """Worker threads that pull prepared inputs of one model, those of one task and shape together.

    Inputs of a request whose caller has gone, or whose deadline has passed, are dropped before they cost
    anything. A failing batch is halved until only the inputs at fault are refused; where memory was
    short, later batches are smaller too, and grow again input by input while full ones succeed.

    Args:
        model: what to serve.
        pool: decodes and preprocesses, and hands on to `prepare`.
        cap: bounds of one call.
        watch: is told of everything that happens.
    """

    def __init__(self, model: LoadedModel, pool: PreparationPool, *, cap: Cap, watch: Watch) -> None:
        self._model = model
        self._pool = pool
        self._cap = cap
        self._watch = watch
        self._size = cap.items
        self._full = 0
        self._seconds: dict[Task, float] = {}
        self._shares = Shares()
        self._queues: dict[tuple[Task, Hashable], FairQueue[_Ready]] = {}
        self._waiting = 0
        self._clients: set[str] = set()
        self._ready = threading.Condition()
        self._free = model.concurrency
        self._closed = False
        self._busy_since: dict[int, float] = {}
        self._threads = [
            threading.Thread(target=self._work, name=f"pinakes-{model.name}-{number}", daemon=True)
            for number in range(model.concurrency)
        ]

    def has_room(self, request: Request, urgency: float) -> bool:
        """Whether one more prepared input of a request may wait; see `preparation.Taker`."""
        batches = AHEAD_BATCHES + Priority.BULK - urgency + (request.client not in self._clients)
        return self._waiting < batches * self._size * len(self._threads)

    @property
    def longest_call(self) -> float:
        """Seconds that the longest call of the model has been running; 0 when none runs."""
        return time.monotonic() - min(self._busy_since.copy().values(), default=time.monotonic())

    def start(self) -> None:
        """Start the workers."""
        self._watch.cap(self._size)
        for thread in self._threads:
            thread.start()

    def put(self, request: Request) -> None:
        """Queue a request of one input or more; its future is answered by a worker."""
        self._pool.put(self, request)

    def close(self, *, seconds: float = 1.0) -> None:
        """Finish what is prepared, then stop; workers still busy after `seconds` are left behind."""
        self._pool.forget(self)
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=max(0.0, until - time.monotonic()))

    def prepare(self, item: Item, arrived: float) -> None:
        """Decode and preprocess one input and queue it for a worker; see `preparation.Taker`."""
        source = item.input
        if source is None or not _in_time(item.request):
            return
        key = self._watch.cache.key(self._model.identity, item.request.task, source)
        if key is not None and (kept := self._watch.cached(key)) is not None:
            self._settle(item, kept, arrived)
            return
        began = time.monotonic()
        prepared = prepared_input(self._model, self._watch, item.request, source)
        if isinstance(prepared, Refusal):
            self._settle(item, prepared, arrived)
        elif prepared is not None:
            ready = _Ready(item, prepared, key, arrived, time.monotonic() - began)
            if not self._called(ready):
                self._queue(ready)

    def _called(self, entry: _Ready) -> bool:
        """Call a quick model here and now, if it is free and nothing waits; returns whether that was done.

        It saves waking a worker, and the input is still in this core's cache: for a model of a millisecond,
        both show.
        """
        if not 0 < self._seconds.get(entry.request.task, 0.0) <= OWN_CALL_SECONDS:
            return False
        with self._ready:
            if self._waiting or not self._free:
                return False
            self._free -= 1
        self._call([entry])
        return True

    def _settle(self, item: Item, outcome: Outcome, arrived: float) -> None:
        self._watch.settled(item.request.task, outcome, time.monotonic() - arrived)
        item.settle(outcome)

    def _queue(self, entry: _Ready) -> None:
        key = (entry.request.task, entry.prepared.shape)
        with self._ready:
            queue = self._queues.get(key)
            if queue is None:
                queue = self._queues[key] = FairQueue(self._shares)
            queue.push(entry, cost=entry.prepared.cost, now=entry.arrived)
            self._waiting += 1
            self._clients.add(entry.request.client)
            if self._free:
                self._ready.notify()

    def _work(self) -> None:
        while (batch := self._take()) is not None:
            self._pool.wake()
            self._call(batch)

    def _call(self, batch: list[_Ready]) -> None:
        """Run a batch for which the model was taken, and give the model back."""
        number = threading.get_ident()
        self._busy_since[number] = time.monotonic()
        try:
            self._run(batch)
        finally:
            del self._busy_since[number]
            self._give_back()

    def _give_back(self) -> None:
        with self._ready:
            self._free += 1
            if self._waiting or self._closed:
                self._ready.notify_all()

    def _take(self) -> list[_Ready] | None:
        """Wait for work and a free model, and return a fair share of it, or None once closed and empty."""
        while True:
            with self._ready:
                while (self._waiting and not self._free) or (not self._waiting and not self._closed):
                    self._ready.wait()
                if not self._waiting:
                    return None
                taken = self._share()
                self._free -= 1
            batch = [entry for entry in taken if _in_time(entry.request)]
            if batch:
                return batch
            self._give_back()

    def _share(self) -> list[_Ready]:
        """Take inputs of one task and shape, in turn, up to the caps and this worker's share."""
        now = time.monotonic()
        urgencies = {key: queue.urgency(now) for key, queue in self._queues.items()}
        urgent = {key: urgency for key, urgency in urgencies.items() if urgency is not None}
        batch: list[_Ready] = []
        if urgent:
            key = min(urgent, key=lambda key: urgent[key])
            self._fill(batch, self._queues[key], key[0], now)
        self._queues = {key: queue for key, queue in self._queues.items() if len(queue)}
        self._waiting = sum(map(len, self._queues.values()))
        self._clients = set[str]().union(*(queue.clients() for queue in self._queues.values()))
        return batch

    def _fill(self, batch: list[_Ready], queue: FairQueue[_Ready], task: Task, now: float) -> None:
        each = self._seconds.get(task, 0.0)
        size = min(self._size, self._cap.most(each), -(-len(queue) // self._free))
        company = self._cap.company(each)
        cost = 0
        while len(batch) < size and (entry := queue.first(now)) is not None:
            cost += entry.prepared.cost
            urgent = any(other.request.priority < entry.request.priority for other in batch)
            if batch and (cost > self._cap.cost(task) or (urgent and len(batch) >= company)):
                return
            queue.pop(now)
            batch.append(entry)

    def _run(self, batch: list[_Ready]) -> None:
        task = batch[0].request.task
        started = time.monotonic()
        for entry in batch:
            self._watch.queued(started - entry.arrived)
            entry.request.observed("queue", entry.arrived, started - entry.arrived)
        self._watch.batched(len(batch), sum(entry.seconds for entry in batch))
        try:
            outcomes = self.infer(task, [entry.prepared for entry in batch])
            taken = time.monotonic() - started
            for request in {entry.request for entry in batch}:
                request.observed("infer", started, taken)
            for entry, outcome in zip(batch, outcomes, strict=True):
                if entry.key is not None and not isinstance(outcome, Refusal):
                    self._watch.cache.put(entry.key, outcome)
                self._settle(entry.item, outcome, entry.arrived)
            self._watch.judge(outcomes)
        except BaseException as error:  # a worker that died would leave its callers waiting for ever
            logging.get("serving").error("worker-failed", exc_info=error)
            for entry in batch:
                entry.request.fail(ModelFailed("The inference engine failed on this request."))

    def infer(self, task: Task, batch: Sequence[Prepared]) -> list[Outcome]:
        """Call the model on inputs of one task and shape, whatever it does; one outcome each."""
        model = self._model.tasks[task]
        call = partial(self._timed, task)
        outcomes = isolating(call, batch, dimensions=model.identity.dimensions, failed=self._failed)
        if len(batch) >= self._size < self._cap.items:
            self._grow()
        return outcomes

    def _timed(self, task: Task, batch: Sequence[Prepared]) -> list[Result]:
        model = self._model.tasks[task]
        started = time.monotonic()
        inferred = model.infer(batch)
        between = time.monotonic()
        results = model.postprocess(inferred)
        cost = sum(prepared.cost for prepared in batch)
        each = (between - started) / len(batch)
        self._seconds[task] = each + (1 - NEWEST_WEIGHT) * (self._seconds.get(task, each) - each)
        self._watch.executed(len(batch), cost, between - started, time.monotonic() - between)
        return results

    def _failed(self, error: Exception, size: int) -> None:
        if isinstance(error, (OutOfMemory, MemoryError)):
            self._resize(max(1, size // 2))

    def _grow(self) -> None:
        self._full += 1
        if self._full >= GROW_AFTER:
            self._resize(self._size + 1)

    def _resize(self, size: int) -> None:
        self._size, self._full = size, 0
        self._watch.cap(size)


def _in_time(request: Request) -> bool:
    """Whether anybody still waits; one whose time ran out is told so."""
    if request.answered:
        return False
    if request.deadline > time.monotonic():
        return True
    request.fail(DeadlineExceeded("The request's time ran out while it waited for the model."))
    return False
