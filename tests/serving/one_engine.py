"""An engine over a stand-in model, for the tests of serving."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager

from tests.stand_ins import StandInModel

from pinakes.core.metrics import InferenceMetrics
from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Task
from pinakes.serving.catalogue import ModelState, Offer
from pinakes.serving.engine import Engine, State, loaded_now
from pinakes.serving.request import Input, Outcome, Priority, Work

#: Longest that a test waits for what must come.
PATIENCE = 10.0


def make_engine(
    offers: Sequence[Offer], *, metrics: InferenceMetrics | None = None, default: str = "", **settings: object
) -> Engine:
    limits = InferenceSettings.model_validate({"workers": 2, "max_batch": 8, **settings})
    return Engine(
        lambda: offers,
        default=default or offers[0].name,
        settings=limits,
        metrics=metrics or InferenceMetrics(),
    )


@contextmanager
def running(
    model: StandInModel, *, metrics: InferenceMetrics | None = None, **settings: object
) -> Iterator[Engine]:
    """A healthy engine over one model, which has forgotten its warm-up."""
    engine = make_engine(loaded_now(model.load, name="stand-in"), metrics=metrics, **settings)
    engine.start()
    await_state(engine, State.HEALTHY)
    model.forget()
    try:
        yield engine
    finally:
        model.gate.set()
        engine.close()


def await_state(engine: Engine, state: State) -> None:
    until = time.monotonic() + PATIENCE
    while engine.state is not state:
        assert time.monotonic() < until, engine.state
        time.sleep(0.001)


def await_model(engine: Engine, name: str, state: ModelState) -> None:
    until = time.monotonic() + PATIENCE
    while engine.status(name).state is not state:
        assert time.monotonic() < until, engine.status(name)
        time.sleep(0.001)


def await_waiting(engine: Engine, items: int) -> None:
    """Wait until so many inputs are inside."""
    until = time.monotonic() + PATIENCE
    while engine._admission.items != items:
        assert time.monotonic() < until, engine._admission.items
        time.sleep(0.001)


def put(
    engine: Engine,
    *inputs: Input,
    task: Task = Task.IMAGE_EMBEDDING,
    seconds: float = PATIENCE,
    priority: Priority = Priority.NORMAL,
    client: str = "",
    model: str = "",
) -> Future[list[Outcome]]:
    return engine.queue(Work(task, inputs, seconds, model=model, priority=priority, client=client))


def embed(engine: Engine, *inputs: Input) -> list[Outcome]:
    with engine.enter():
        return put(engine, *inputs).result(PATIENCE)
