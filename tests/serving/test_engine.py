import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from tests.stand_ins import CORRUPT, POISON, StandInEmbedder, vector_of

from pinakes.core.errors import NotReady, Overloaded
from pinakes.core.metrics import InferenceMetrics, exposition
from pinakes.core.protocols import Embedder
from pinakes.core.types import Reason, Refusal
from pinakes.serving.admission import Room
from pinakes.serving.engine import Engine, State
from pinakes.serving.probe import PROBE_IMAGE


def make_engine(
    load: Callable[[], Embedder], *, items: int = 64, metrics: InferenceMetrics | None = None
) -> Engine:
    room = Room(items=items, nbytes=10_000)
    return Engine(load, room=room, max_batch=8, workers=1, metrics=metrics or InferenceMetrics())


@contextmanager
def running(model: StandInEmbedder, **options: object) -> Iterator[Engine]:
    engine = make_engine(lambda: model, **options)  # type: ignore[arg-type]
    engine.start()
    await_state(engine, State.HEALTHY)
    model.batches.clear()
    while model.entered.acquire(blocking=False):
        pass
    try:
        yield engine
    finally:
        model.gate.set()
        engine.close()


def await_state(engine: Engine, state: State) -> None:
    until = time.monotonic() + 5
    while engine.state is not state:
        assert time.monotonic() < until, engine.state
        time.sleep(0.001)


def embed(engine: Engine, *images: bytes) -> list[object]:
    with engine.enter() as visit:
        return list(visit.submit(images, seconds=5).result(5))


def test_it_loads_in_the_background_and_proves_itself_first() -> None:
    may_load = threading.Event()
    model = StandInEmbedder()

    def load() -> Embedder:
        assert may_load.wait(5)
        return model

    engine = make_engine(load)
    engine.start()
    assert engine.state is State.LOADING
    with pytest.raises(NotReady, match="loading"), engine.enter():
        pass
    with pytest.raises(NotReady):
        _ = engine.identity
    may_load.set()
    await_state(engine, State.HEALTHY)
    assert model.seen == [PROBE_IMAGE]
    assert engine.identity == model.identity
    assert engine.uptime_seconds > 0
    engine.close()
    assert model.closed


@pytest.mark.parametrize("when", ["making", "probing"])
def test_a_model_that_cannot_serve_is_said_to_have_failed(when: str) -> None:
    def load() -> Embedder:
        if when == "making":
            raise OSError("/secret/path is missing")
        return StandInEmbedder(broken=True)

    engine = make_engine(load)
    engine.start()
    await_state(engine, State.FAILED)
    assert "could not be loaded" in engine.failure
    assert "secret" not in engine.failure
    with pytest.raises(NotReady, match="could not be loaded"), engine.enter():
        pass
    engine.close()


def test_good_and_bad_pictures_of_one_request() -> None:
    with running(StandInEmbedder()) as engine:
        outcomes = embed(engine, b"a", CORRUPT, POISON, b"b")
    assert np.array_equal(outcomes[0], vector_of(b"a"))
    assert isinstance(outcomes[1], Refusal)
    assert outcomes[1].reason is Reason.TRUNCATED
    assert isinstance(outcomes[2], Refusal)
    assert outcomes[2].reason is Reason.MODEL_FAILED
    assert np.array_equal(outcomes[3], vector_of(b"b"))


def test_poison_does_not_make_a_good_model_look_broken() -> None:
    with running(StandInEmbedder()) as engine:
        for _ in range(5):
            embed(engine, POISON)
        assert engine.state is State.HEALTHY


def test_a_model_that_breaks_is_failing_until_it_works_again() -> None:
    model = StandInEmbedder()
    with running(model) as engine:
        model.broken = True
        embed(engine, b"a")
        await_state(engine, State.FAILING)
        assert engine.failure
        model.broken = False
        embed(engine, b"a")
        await_state(engine, State.HEALTHY)
        assert not engine.failure


def test_overload_is_refused_at_once_and_passes() -> None:
    model = StandInEmbedder()
    model.gate.clear()
    with running_gated(model, items=2) as engine, engine.enter() as visit:
        accepted = visit.submit([b"a", b"b"], seconds=5)
        started = time.monotonic()
        with pytest.raises(Overloaded):
            visit.submit([b"c"], seconds=5)
        assert time.monotonic() - started < 1
        model.gate.set()
        assert len(accepted.result(5)) == 2
        assert len(visit.submit([b"c"], seconds=5).result(5)) == 1


@contextmanager
def running_gated(model: StandInEmbedder, **options: object) -> Iterator[Engine]:
    model.gate.set()
    with running(model, **options) as engine:
        model.gate.clear()
        yield engine


def test_a_drain_finishes_who_is_inside_and_refuses_the_rest() -> None:
    model = StandInEmbedder()
    with running_gated(model) as engine:
        inside = engine.enter()
        visit = inside.__enter__()
        drained: list[bool] = []
        drain = threading.Thread(target=lambda: drained.append(engine.drain(5)))
        drain.start()
        await_state(engine, State.DRAINING)
        with pytest.raises(NotReady, match="shutting down"), engine.enter():
            pass
        future = visit.submit([b"still read when the signal came"], seconds=5)
        model.gate.set()
        assert len(future.result(5)) == 1
        assert not drained
        inside.__exit__(None, None, None)
        drain.join(5)
        assert drained == [True]


def test_a_drain_gives_up_in_time() -> None:
    with running(StandInEmbedder()) as engine, engine.enter():
        assert not engine.drain(0.01)


def test_what_happens_is_counted() -> None:
    metrics = InferenceMetrics()
    with running(StandInEmbedder(), metrics=metrics) as engine:
        embed(engine, b"a", b"b", CORRUPT)
    text = exposition(metrics.registry).decode()
    assert 'pinakes_inference_images_total{outcome="embedded"} 2.0' in text
    assert 'pinakes_inference_images_total{outcome="refused"} 1.0' in text
    assert "pinakes_inference_waiting_items 0.0" in text
