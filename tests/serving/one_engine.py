"""An engine over a stand-in model, for the tests of serving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager

from tests.stand_ins import StandInModel, only_offer
from tests.waiting import PATIENCE, until

from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Task
from pinakes.serving.catalogue import ModelState, Offer
from pinakes.serving.engine import Engine, State
from pinakes.serving.metrics import InferenceMetrics
from pinakes.serving.request import Input, Outcome, Priority, Work


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
    engine = make_engine(only_offer(model.load, name="stand-in"), metrics=metrics, **settings)
    engine.start()
    await_state(engine, State.HEALTHY)
    model.forget()
    try:
        yield engine
    finally:
        model.gate.set()
        engine.close()


def await_state(engine: Engine, state: State) -> None:
    until(lambda: engine.state is state, lambda: f"{state} of an engine that is {engine.state}")


def await_model(engine: Engine, name: str, state: ModelState) -> None:
    until(lambda: engine.status(name).state is state, lambda: f"{state}: {engine.status(name)}")


def await_waiting(engine: Engine, items: int) -> None:
    """Wait until so many inputs are inside."""
    until(lambda: engine._admission.items == items, lambda: f"{items}, not {engine._admission.items},")


def settled(engine: Engine) -> None:
    """Wait until the preparing threads have done what they can: each is at rest, or calls the model."""
    pool = engine._pool

    def rest() -> bool:
        with pool._changed:
            calling = {number for batcher in pool._queues for number in batcher._busy_since}  # type: ignore[attr-defined]
            at_rest = len(pool._changed._waiters)  # type: ignore[attr-defined]
            return at_rest + sum(thread.ident in calling for thread in pool._threads) == len(pool._threads)

    until(rest, "rest of the preparing threads")


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
