"""The inference engine: loads a model in the background, admits requests, batches them, drains."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from enum import StrEnum

from pinakes.core import logging
from pinakes.core.errors import NotReady, PinakesError
from pinakes.core.metrics import InferenceMetrics
from pinakes.core.protocols import Embedder
from pinakes.core.types import ModelIdentity, Reason, Refusal
from pinakes.serving.admission import Admission, Room
from pinakes.serving.batcher import Batcher
from pinakes.serving.isolation import embed_isolating
from pinakes.serving.probe import PROBE_IMAGE
from pinakes.serving.request import Outcome, Request

#: What a caller is told to wait when the engine loads or drains, seconds.
NOT_READY_RETRY_SECONDS = 1.0


class State(StrEnum):
    """What the engine can do now; the value is what health answers say."""

    LOADING = "loading"
    HEALTHY = "healthy"
    FAILING = "failing"
    FAILED = "failed"
    DRAINING = "draining"


class Visit:
    """One caller inside the engine, from the first byte of its body to its answer."""

    def __init__(self, engine: Engine, admission: Admission, nbytes: int) -> None:
        self._engine = engine
        self._admission = admission
        self.nbytes = nbytes

    def grow(self, nbytes: int) -> None:
        """Count further bytes of a body whose length was not declared; may raise `Overloaded`."""
        self._admission.grow(nbytes)
        self.nbytes += nbytes

    def submit(self, images: Sequence[bytes], *, seconds: float) -> Future[list[Outcome]]:
        """Queue pictures; the future resolves to one outcome each, in order. Cancel it to give up.

        The future may raise DeadlineExceeded (`seconds` passed before a worker was free) or ModelFailed.

        Raises:
            Overloaded: too many pictures wait already.
        """
        return self._engine.queue(images, seconds=seconds)


class Engine:
    """Serves one model to many callers, in threads, with bounded memory.

    Args:
        load: makes the model; called once, in a thread, by `start`.
        room: most pictures and bytes inside at once.
        max_batch: most pictures in one call of the model.
        workers: threads that call the model; a model that is not safe to call from several wants 1.
        metrics: where to count.
    """

    def __init__(
        self,
        load: Callable[[], Embedder],
        *,
        room: Room,
        max_batch: int,
        workers: int,
        metrics: InferenceMetrics,
    ) -> None:
        self._load = load
        self._metrics = metrics
        self._admission = Admission(room, workers=workers)
        self._batcher = Batcher(self._embed, max_batch=max_batch, workers=workers)
        self._embedder: Embedder | None = None
        self._identity: ModelIdentity | None = None
        self._state = State.LOADING
        self._draining = False
        self._failure = ""
        self._healthy_since = 0.0
        self._loader = threading.Thread(target=self._load_model, name="pinakes-load", daemon=True)

    @property
    def state(self) -> State:
        """What the engine can do now."""
        return State.DRAINING if self._draining else self._state

    @property
    def failure(self) -> str:
        """Why the state is failed or failing, a sentence without paths or secrets; else empty."""
        return self._failure

    @property
    def uptime_seconds(self) -> float:
        """Seconds since the model could first serve; 0 before."""
        return time.monotonic() - self._healthy_since if self._healthy_since else 0.0

    @property
    def identity(self) -> ModelIdentity:
        """Which model serves.

        Raises:
            NotReady: it is not loaded yet.
        """
        if self._identity is None:
            raise self._not_ready()
        return self._identity

    def start(self) -> None:
        """Begin loading the model; returns at once."""
        self._loader.start()

    @contextmanager
    def enter(self, nbytes: int = 0) -> Iterator[Visit]:
        """Let one caller in with a body of `nbytes` bytes; whoever is in is served, also while draining.

        Raises:
            NotReady: the model loads, failed to load, or the engine drains.
            Overloaded: the engine is full.
        """
        if self._draining or self._embedder is None:
            raise self._not_ready()
        self._admission.enter(nbytes)
        visit = Visit(self, self._admission, nbytes)
        try:
            if self._draining:  # began between the first look and the count
                raise self._not_ready()
            yield visit
        finally:
            self._admission.leave(visit.nbytes)

    def queue(self, images: Sequence[bytes], *, seconds: float) -> Future[list[Outcome]]:
        """Queue the pictures of a visit; see `Visit.submit`."""
        count = len(images)
        self._admission.admit(count)
        self._metrics.waiting.inc(count)
        request = Request(images, deadline=time.monotonic() + seconds)
        request.future.add_done_callback(lambda future: self._answered(future, count))
        self._batcher.put(request)
        return request.future

    def drain(self, seconds: float) -> bool:
        """Turn new callers away and wait for those inside; False when `seconds` did not suffice."""
        self._draining = True
        return self._admission.wait_until_empty(seconds)

    def close(self) -> None:
        """Stop the workers and release the model."""
        self._draining = True
        self._batcher.close()
        if self._embedder is not None:
            self._embedder.close()

    def _load_model(self) -> None:
        started = time.monotonic()
        try:
            embedder = self._load()
            self._identity = embedder.identity
            embedder.embed([PROBE_IMAGE])
        except Exception as error:
            why = error.sentence if isinstance(error, PinakesError) else type(error).__name__
            self._failure = f"The model could not be loaded: {why}"
            self._state = State.FAILED
            logging.get("serving").error("load-failed", exc_info=error)
            return
        self._batcher.start()
        self._embedder = embedder
        self._healthy_since = time.monotonic()
        self._state = State.HEALTHY
        self._metrics.stage.labels("load").observe(self._healthy_since - started)

    def _embed(self, images: Sequence[bytes]) -> list[Outcome]:
        embedder = self._embedder
        if embedder is None:
            raise self._not_ready()
        started = time.monotonic()
        outcomes = embed_isolating(embedder, images)
        seconds = time.monotonic() - started
        self._admission.measured(len(images), seconds)
        self._count(outcomes, seconds)
        self._watch(embedder, outcomes)
        return outcomes

    def _watch(self, embedder: Embedder, outcomes: Sequence[Outcome]) -> None:
        """Tell a poisoned picture from a broken model: when all failed, try a picture known to be good."""
        if any(not _model_failed(outcome) for outcome in outcomes):
            if self._state is State.FAILING:
                self._state, self._failure = State.HEALTHY, ""
            return
        if _model_failed(embed_isolating(embedder, [PROBE_IMAGE])[0]):
            self._failure = "The model fails on every picture."
            self._state = State.FAILING

    def _count(self, outcomes: Sequence[Outcome], seconds: float) -> None:
        refused = sum(isinstance(outcome, Refusal) for outcome in outcomes)
        self._metrics.batch.observe(len(outcomes))
        self._metrics.stage.labels("embed").observe(seconds)
        self._metrics.images.labels("embedded").inc(len(outcomes) - refused)
        self._metrics.images.labels("refused").inc(refused)

    def _answered(self, future: Future[list[Outcome]], count: int) -> None:
        self._admission.release(count)
        if future.cancelled() or future.exception() is not None:
            self._metrics.images.labels("dropped").inc(count)
        self._metrics.waiting.dec(count)

    def _not_ready(self) -> NotReady:
        sentences = {
            State.LOADING: "The model is still loading.",
            State.DRAINING: "The service is shutting down.",
        }
        message = sentences.get(self.state, self._failure or "The model cannot serve.")
        return NotReady(message, retry_after=NOT_READY_RETRY_SECONDS)


def _model_failed(outcome: Outcome) -> bool:
    return isinstance(outcome, Refusal) and outcome.reason is Reason.MODEL_FAILED
