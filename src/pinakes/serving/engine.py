"""The inference engine: loads models in the background, admits requests, batches them, drains."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from enum import StrEnum

from pinakes.core.errors import NotReady, Overloaded
from pinakes.core.settings import InferenceSettings
from pinakes.core.types import ModelIdentity
from pinakes.models.base import LoadedModel
from pinakes.serving.admission import Admission, Room
from pinakes.serving.batcher import Batcher
from pinakes.serving.cache import ResultCache
from pinakes.serving.cap import Cap
from pinakes.serving.catalogue import ModelState, ModelStatus, Offer
from pinakes.serving.metrics import InferenceMetrics
from pinakes.serving.preparation import PreparationPool
from pinakes.serving.request import Outcome, Priority, Request, Work
from pinakes.serving.residents import Residents
from pinakes.serving.slot import Slot
from pinakes.serving.watch import Watch


class State(StrEnum):
    """What the engine can do now; the value is what health answers say."""

    LOADING = "loading"
    HEALTHY = "healthy"
    FAILING = "failing"
    FAILED = "failed"
    DRAINING = "draining"


#: The engine's state, by that of its default model.
_STATES = {
    ModelState.READY: State.HEALTHY,
    ModelState.FAILING: State.FAILING,
    ModelState.FAILED: State.FAILED,
}


class Visit:
    """One caller inside the engine, from the first byte of its body to its answer."""

    def __init__(self, engine: Engine, admission: Admission, nbytes: int, holder: str) -> None:
        self._engine = engine
        self._admission = admission
        self._holder = holder
        self.nbytes = nbytes

    def grow(self, nbytes: int) -> None:
        """Count further bytes of a body whose length was not declared; may raise `Overloaded`."""
        self._admission.grow(nbytes, self._holder)
        self.nbytes += nbytes

    def submit(self, work: Work) -> Future[list[Outcome]]:
        """Queue work; the future resolves to one outcome per input, in order. Cancel it to give up.

        The future may raise DeadlineExceeded (the time passed before a worker was free), InvalidRequest
        (a tensor is not the model's) or ModelFailed.

        Raises:
            NotFound: there is no such model.
            NotReady: the model loads, which this call may have begun.
            ModelUnusable: the model cannot be loaded.
            InvalidRequest: the model does not do this task.
            Overloaded: too many inputs wait already, or too many for this request to be done in its time.
        """
        return self._engine.queue(work)


class Engine:
    """Serves models to many callers, in threads, with bounded memory.

    Args:
        offers: the models there are; asked again when a name is not known.
        default: the model that serves those who name none, and decides on the engine's health.
        preload: other models to load at the start.
        settings: what may be inside at once, bounds of a batch, threads, memory, time.
        metrics: where to count.
    """

    def __init__(
        self,
        offers: Callable[[], Sequence[Offer]],
        *,
        default: str,
        preload: Sequence[str] = (),
        settings: InferenceSettings,
        metrics: InferenceMetrics,
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._admission = Admission(Room(settings.max_waiting, settings.max_waiting_bytes))
        self._pool = PreparationPool(settings.threads)
        self._cache = ResultCache(settings.cache_bytes)
        self._cap = Cap(
            settings.max_batch,
            settings.max_batch_pixels,
            settings.max_batch_tokens,
            settings.max_batch_seconds,
        )
        self._default = default
        self._preload = (default, *preload)
        self._models = Residents(
            offers, self._slot, memory=settings.model_bytes, idle_seconds=settings.idle_seconds, kept=default
        )
        self._announced = False
        self._closed = threading.Event()

    @property
    def state(self) -> State:
        """What the engine can do now; draining once its end is announced, while it still takes requests."""
        if self._announced or self._closed.is_set():
            return State.DRAINING
        return _STATES.get(self._models.slot(self._default).state, State.LOADING)

    @property
    def failure(self) -> str:
        """Why the default model cannot serve, a sentence without paths or secrets; else empty."""
        return self.status().failure

    @property
    def identity(self) -> ModelIdentity:
        """Which model serves by default.

        Raises:
            NotReady, ModelUnusable: it is not loaded.
        """
        return self.model().identity

    def model(self, name: str = "") -> LoadedModel:
        """A loaded model, to look at; the default one when no name is given.

        Raises:
            NotFound: there is no such model.
            NotReady: it is not loaded.
            ModelUnusable: it cannot be.
        """
        return self._models.slot(name or self._default).model

    def status(self, name: str = "") -> ModelStatus:
        """One model as it is now; the default one when no name is given. Raises NotFound."""
        return self._models.slot(name or self._default).status()

    def statuses(self) -> list[ModelStatus]:
        """Every model there is, by name and version."""
        return [slot.status() for slot in self._models.slots()]

    def load(self, name: str) -> ModelStatus:
        """Begin to load a model, unless it is loaded or loading; returns at once. Raises NotFound."""
        return self._models.load(name).status()

    def unload(self, name: str) -> ModelStatus:
        """Begin to unload a model; returns at once. Raises NotFound."""
        return self._models.unload(name).status()

    def start(self) -> None:
        """Begin loading; returns at once."""
        self._pool.start()
        self._models.start(self._preload)

    @contextmanager
    def enter(self, nbytes: int = 0, holder: str = "") -> Iterator[Visit]:
        """Let one caller in with a body of `nbytes` bytes; whoever is in is served, also while draining.

        `holder` is whoever bodies are bounded by together, which no caller may choose: a key or an address.

        Raises:
            NotReady: no model can serve yet, or the engine takes nobody more.
            ModelUnusable: no model could be loaded.
            Overloaded: the engine is full.
        """
        self._refuse_if_closed()
        if not self._models.any_ready:
            self.model()  # raises what keeps the default model
        with self._rejected("", 1):
            self._admission.enter(nbytes, holder)
        visit = Visit(self, self._admission, nbytes, holder)
        try:
            self._refuse_if_closed()  # it may have closed between the first look and the count
            yield visit
        finally:
            self._admission.leave(visit.nbytes, holder)

    def foresee(self, model: str, priority: Priority, client: str, seconds: float) -> None:
        """Refuse early a request that could not be done in its time, however small it is.

        Raises:
            NotFound: there is no such model.
            Overloaded: it would run out of time inside.
        """
        slot = self._models.slot(model or self._default)
        with self._rejected(slot.offer.name, 1):
            slot.foresee(priority, client, seconds)

    def queue(self, work: Work) -> Future[list[Outcome]]:
        """Queue the work of a visit; see `Visit.submit`."""
        slot = self._models.wanted(work.model or self._default)
        with self._rejected(slot.offer.name, len(work.inputs)):
            return self._queued(slot, work)

    def drain(self, seconds: float, *, notice: float = 0.0) -> bool:
        """Turn new callers away and wait for those inside; False when `seconds` did not suffice.

        For the first `notice` seconds whoever comes is still served: balancers learn of the end by the state.
        """
        self._announced = notice > 0
        self._closed.wait(notice)
        self._closed.set()
        return self._admission.wait_until_empty(seconds)

    def close(self) -> None:
        """Stop the workers and release the models."""
        self._closed.set()
        self._models.close()
        self._pool.close()

    def _slot(self, offer: Offer) -> Slot:
        def make_watch(judged: Callable[[bool], None]) -> Watch:
            return Watch(offer.name, metrics=self._metrics, cache=self._cache, judged=judged)

        def make_batcher(model: LoadedModel, watch: Watch) -> Batcher:
            return Batcher(model, self._pool, cap=self._cap, watch=watch)

        return Slot(
            offer,
            make_watch=make_watch,
            make_batcher=make_batcher,
            metrics=self._metrics,
            stall_seconds=self._settings.stall_seconds,
        )

    def _queued(self, slot: Slot, work: Work) -> Future[list[Outcome]]:
        count = len(work.inputs)
        self._admission.admit(count)
        self._metrics.waiting.inc(count)
        request = Request(work, deadline=time.monotonic() + work.seconds)
        request.future.add_done_callback(lambda future: self._answered(future, count))
        try:
            slot.put(request, count, work.seconds)
        except Exception as error:
            request.fail(error)
            raise
        return request.future

    @contextmanager
    def _rejected(self, model: str, count: int) -> Iterator[None]:
        """Count inputs that are turned away; the model is empty where it is not known yet which is meant."""
        try:
            yield
        except Overloaded:
            self._metrics.dropped.labels(model, "rejected").inc(count)
            raise

    def _answered(self, future: Future[list[Outcome]], count: int) -> None:
        answered = not future.cancelled() and future.exception() is None
        self._admission.release(count, answered=answered)
        self._metrics.waiting.dec(count)

    def _refuse_if_closed(self) -> None:
        if self._closed.is_set():
            raise NotReady("The service is shutting down.")
