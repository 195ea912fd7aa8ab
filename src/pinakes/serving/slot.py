"""One model's life in the engine: loaded, warmed up, watched, unloaded when nobody is inside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pinakes.core import logging
from pinakes.core.errors import (
    InvalidRequest,
    ModelFailed,
    ModelUnusable,
    NotReady,
    OutOfMemory,
    PinakesError,
)
from pinakes.core.types import Refusal, Task
from pinakes.models.base import LoadedModel, Prepared
from pinakes.serving.backlog import Backlog
from pinakes.serving.batcher import Batcher
from pinakes.serving.catalogue import ModelState, ModelStatus, Offer
from pinakes.serving.metrics import InferenceMetrics
from pinakes.serving.probe import PROBE_IMAGE, PROBE_TEXT
from pinakes.serving.request import Priority, Request
from pinakes.serving.statistics import Snapshot
from pinakes.serving.watch import Watch

#: Longest time unloading waits for those inside, seconds.
UNLOAD_SECONDS = 30.0

#: Makes a model's watch, given who hears its judgements.
MakeWatch = Callable[[Callable[[bool], None]], Watch]

#: Makes a loaded model's batcher.
MakeBatcher = Callable[[LoadedModel, Watch], Batcher]


class Slot:
    """Holds one offered model through its states; all methods are safe from any thread.

    Args:
        offer: the model.
        make_watch, make_batcher: build what serves it once it is loaded.
        metrics: where to count.
        stall_seconds: a call of the model longer than this makes it failing.
    """

    def __init__(
        self,
        offer: Offer,
        *,
        make_watch: MakeWatch,
        make_batcher: MakeBatcher,
        metrics: InferenceMetrics,
        stall_seconds: float,
    ) -> None:
        self.offer = offer
        self._make_watch = make_watch
        self._make_batcher = make_batcher
        self._metrics = metrics
        self._stall_seconds = stall_seconds
        self._state = ModelState.ABSENT
        self._failure = ""
        self._model: LoadedModel | None = None
        self._batcher: Batcher | None = None
        self._watch: Watch | None = None
        self._load_seconds = self._ready_since = 0.0
        self._short_of_memory = False
        self._backlog = Backlog()
        self._inside = 0
        self.used_at = 0.0
        self._changed = threading.Condition()

    @property
    def state(self) -> ModelState:
        """What it can do now; failing also while one call of it does not end."""
        batcher = self._batcher
        if self._state is ModelState.READY and batcher and batcher.longest_call > self._stall_seconds:
            return ModelState.FAILING
        return self._state

    @property
    def idle(self) -> bool:
        """Whether it is loaded and nobody waits for it."""
        return self._state in (ModelState.READY, ModelState.FAILING) and not self._inside

    @property
    def nbytes(self) -> int:
        """Memory that its weights take now, bytes."""
        return self._model.nbytes if self._model else 0

    @property
    def model(self) -> LoadedModel:
        """The loaded model, to look at.

        Raises:
            NotReady: it is loading or unloading.
            ModelUnusable: it could not be loaded.
        """
        model = self._model
        if model is None or self._state is ModelState.UNLOADING:
            raise self._unready()
        return model

    def status(self) -> ModelStatus:
        """Everything about it as it is now."""
        model, since = self._model, self._ready_since
        stalled = self.state is ModelState.FAILING and not self._failure
        return ModelStatus(
            offer=self.offer,
            state=self.state,
            failure="A call of the model does not end." if stalled else self._failure,
            identity=model.identity if model else None,
            input_side=model.input_side if model else None,
            nbytes=model.nbytes if model else self.offer.nbytes,
            load_seconds=self._load_seconds,
            uptime_seconds=time.monotonic() - since if since else 0.0,
            statistics=self._watch.statistics.snapshot if self._watch else Snapshot(),
            pending=self._inside,
        )

    def claim(self) -> bool:
        """Begin to load: True for the one caller that now must call `load`."""
        with self._changed:
            if self._state not in (ModelState.ABSENT, ModelState.FAILED):
                return False
            self._become(ModelState.LOADING)
            return True

    def load(self) -> None:
        """Load and warm up, in the calling thread; failure becomes the state, not an exception."""
        started = time.monotonic()
        try:
            model = self.offer.load()
            try:
                watch = self._make_watch(self._judged)
                batcher = self._make_batcher(model, watch)
                for task in model.tasks:
                    _prove(model, batcher, task)
            except BaseException:
                model.close()
                raise
        except Exception as error:
            self.fail(error)
            return
        batcher.start()
        with self._changed:
            self._model, self._batcher, self._watch = model, batcher, watch
            self._ready_since = self.used_at = time.monotonic()
            self._load_seconds = self._ready_since - started
            self._become(ModelState.READY)
        self._metrics.stage.labels("load", self.offer.name).observe(self._load_seconds)

    def fail(self, error: Exception) -> None:
        """Give up loading because of an error."""
        why = error.sentence if isinstance(error, PinakesError) else type(error).__name__
        logging.get("serving").error("load-failed", model=self.offer.key, exc_info=error)
        with self._changed:
            self._short_of_memory = isinstance(error, (OutOfMemory, MemoryError))
            self._become(ModelState.FAILED, f"The model could not be loaded: {why}")

    def unload(self) -> bool:
        """Turn newcomers away, wait for those inside, release the memory; False when it was not loaded."""
        with self._changed:
            if self._state not in (ModelState.READY, ModelState.FAILING):
                return False
            self._become(ModelState.UNLOADING)
            self._changed.wait_for(lambda: not self._inside, timeout=UNLOAD_SECONDS)
            model, batcher = self._model, self._batcher
            self._model = self._batcher = None
        if batcher is not None:
            batcher.close()
        if model is not None:
            model.close()
        with self._changed:
            self._ready_since = 0.0
            self._become(ModelState.ABSENT)
        return True

    def foresee(self, priority: Priority, client: str, seconds: float) -> None:
        """Refuse a request that could not be done in its time, before it is here. Raises Overloaded."""
        self._backlog.foresee(priority, client, seconds)

    def put(self, request: Request, items: int, seconds: float) -> None:
        """Queue a request of `items` inputs that has `seconds` to be done.

        Raises:
            Overloaded: it could not be done in that time.
            NotReady, ModelUnusable, OutOfMemory: the model cannot serve.
            InvalidRequest: it does not do this task.
        """
        with self._changed:
            batcher, model = self._batcher, self.model
            if batcher is None:
                raise self._unready()
            if request.task not in model.tasks:
                does = " and ".join(sorted(model.tasks))
                raise InvalidRequest(f"The model {self.offer.name} does {does}, not {request.task}.")
            self._backlog.admit(request, items, seconds)
            self._inside += 1
            self.used_at = time.monotonic()
        request.future.add_done_callback(lambda _future: self._leave(request, items))
        batcher.put(request)

    def _leave(self, request: Request, items: int) -> None:
        self._backlog.leave(request, items)
        if request.dropped:
            self._metrics.dropped.labels(self.offer.name, request.dropped).inc(items)
        with self._changed:
            self._inside -= 1
            self.used_at = time.monotonic()
            self._changed.notify_all()

    def _judged(self, failed: bool) -> None:
        """Tell a poisoned input from a broken model: when all failed, try an input known to be good."""
        model, batcher = self._model, self._batcher
        if model is None or batcher is None or (not failed and self._state is ModelState.READY):
            return
        try:
            if failed:
                _prove(model, batcher, next(iter(model.tasks)))
            verdict, why = ModelState.READY, ""
        except Exception:
            verdict, why = ModelState.FAILING, "The model fails on every input."
        with self._changed:
            if self._state in (ModelState.READY, ModelState.FAILING):
                self._become(verdict, why)

    def _become(self, state: ModelState, failure: str = "") -> None:
        self._state, self._failure = state, failure
        self._metrics.ready.labels(self.offer.name).set(state is ModelState.READY)
        self._metrics.memory.labels(self.offer.name).set(self.nbytes)

    def _unready(self) -> PinakesError:
        sentences = {
            ModelState.ABSENT: f"The model {self.offer.name} is not loaded.",
            ModelState.LOADING: f"The model {self.offer.name} is still loading.",
            ModelState.UNLOADING: f"The model {self.offer.name} is being unloaded.",
        }
        if self._state in sentences:
            return NotReady(sentences[self._state])
        if self._short_of_memory:
            return OutOfMemory(self._failure)
        return ModelUnusable(self._failure or f"The model {self.offer.name} cannot serve.")


def _prove(model: LoadedModel, batcher: Batcher, task: Task) -> None:
    """Warm a task up with an input known to be good; raise where it fails."""
    source = PROBE_TEXT if task is Task.TEXT_EMBEDDING else model.decode(PROBE_IMAGE)
    prepared: Prepared = model.tasks[task].preprocess(source)
    outcome = batcher.infer(task, [prepared])[0]
    if isinstance(outcome, Refusal):
        raise ModelFailed(outcome.detail)
