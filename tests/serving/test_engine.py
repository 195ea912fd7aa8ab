"""One engine from its first load to its last answer: what it says of itself, whom it lets in, how it ends."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
from tests.serving.one_engine import await_state, embed, make_engine, put, running
from tests.stand_ins import CORRUPT, POISON, StandInModel, only_offer, vector_of
from tests.waiting import PATIENCE

from pinakes.core.errors import InvalidRequest, ModelUnusable, NotFound, NotReady, Overloaded
from pinakes.core.metrics import exposition
from pinakes.core.types import Reason, Refusal, Task
from pinakes.models.base import LoadedModel
from pinakes.serving.engine import Engine, State
from pinakes.serving.metrics import InferenceMetrics
from pinakes.serving.request import Work


def test_it_loads_in_the_background_and_proves_each_task_first() -> None:
    may_load = threading.Event()
    model = StandInModel()

    def load() -> LoadedModel:
        assert may_load.wait(PATIENCE)
        return model.load()

    engine = make_engine(only_offer(load, name="stand-in"))
    engine.start()
    assert engine.state is State.LOADING
    with pytest.raises(NotReady, match="loading"), engine.enter():
        pass
    with pytest.raises(NotReady):
        _ = engine.identity
    may_load.set()
    await_state(engine, State.HEALTHY)
    assert len(model.seen) == len(model.load().tasks)
    assert engine.identity == model.identity
    assert engine.status().uptime_seconds > 0
    assert engine.status().load_seconds > 0
    engine.close()
    assert model.closed


@pytest.mark.parametrize("when", ["making", "probing"])
def test_a_model_that_cannot_serve_is_said_to_have_failed(when: str) -> None:
    def load() -> LoadedModel:
        if when == "making":
            raise OSError("/secret/path is missing")
        return StandInModel(broken=True).load()

    engine = make_engine(only_offer(load, name="stand-in"))
    engine.start()
    await_state(engine, State.FAILED)
    assert "could not be loaded" in engine.failure
    assert "secret" not in engine.failure
    with pytest.raises(ModelUnusable, match="could not be loaded"), engine.enter():
        pass
    engine.close()


def test_good_and_bad_pictures_of_one_request() -> None:
    with running(StandInModel()) as engine:
        outcomes = embed(engine, b"a", CORRUPT, POISON, b"b")
    assert np.array_equal(outcomes[0], vector_of(b"a"))  # type: ignore[arg-type]
    assert isinstance(outcomes[1], Refusal)
    assert outcomes[1].reason is Reason.TRUNCATED
    assert isinstance(outcomes[2], Refusal)
    assert outcomes[2].reason is Reason.MODEL_FAILED
    assert np.array_equal(outcomes[3], vector_of(b"b"))  # type: ignore[arg-type]


def test_one_corrupt_picture_in_32_fails_alone_and_never_reaches_the_model() -> None:
    model = StandInModel()
    images = [b"%d" % number for number in range(31)]
    with running(model, max_batch=32) as engine:
        outcomes = embed(engine, *images[:13], CORRUPT, *images[13:])
    assert [index for index, outcome in enumerate(outcomes) if isinstance(outcome, Refusal)] == [13]
    assert sorted(model.seen) == sorted(images)


def test_poison_does_not_make_a_good_model_look_broken() -> None:
    with running(StandInModel()) as engine:
        for _ in range(5):
            embed(engine, POISON)
        assert engine.state is State.HEALTHY


def test_a_model_that_breaks_is_failing_until_it_works_again() -> None:
    model = StandInModel()
    with running(model) as engine:
        model.broken = True
        embed(engine, b"a")
        await_state(engine, State.FAILING)
        assert engine.failure
        model.broken = False
        embed(engine, b"a")
        await_state(engine, State.HEALTHY)
        assert not engine.failure


def test_a_model_that_never_comes_back_makes_the_engine_unhealthy() -> None:
    model = StandInModel()
    with running(model, stall_seconds=0.05) as engine:
        model.gate.clear()
        put(engine, b"held up")
        await_state(engine, State.FAILING)
        assert "does not end" in engine.failure
        model.gate.set()
        await_state(engine, State.HEALTHY)


def test_what_cannot_be_asked_is_refused_at_once() -> None:
    with running(StandInModel()) as engine:
        with pytest.raises(NotFound, match="no model 'other'"):
            put(engine, b"a", model="other")
        with pytest.raises(InvalidRequest, match="not captioning"):
            put(engine, b"a", task=Task.CAPTIONING)
        assert len(embed(engine, b"a")) == 1  # neither took up room


@contextmanager
def full(model: StandInModel, **settings: object) -> Iterator[Engine]:
    with running(model, **settings) as engine:
        model.gate.clear()
        yield engine


def test_overload_is_refused_at_once_and_passes() -> None:
    model = StandInModel()
    with full(model, max_waiting=2) as engine, engine.enter() as visit:
        accepted = visit.submit(Work(Task.IMAGE_EMBEDDING, [b"a", b"b"], PATIENCE))
        with pytest.raises(Overloaded):  # while nothing can become free
            visit.submit(Work(Task.IMAGE_EMBEDDING, [b"c"], PATIENCE))
        model.gate.set()
        assert len(accepted.result(PATIENCE)) == 2
        assert len(visit.submit(Work(Task.IMAGE_EMBEDDING, [b"c"], PATIENCE)).result(PATIENCE)) == 1


def test_a_drain_finishes_who_is_inside_and_refuses_the_rest() -> None:
    model = StandInModel()
    with full(model) as engine:
        inside = engine.enter()
        visit = inside.__enter__()
        drained: list[bool] = []
        drain = threading.Thread(target=lambda: drained.append(engine.drain(5)))
        drain.start()
        await_state(engine, State.DRAINING)
        with pytest.raises(NotReady, match="shutting down"), engine.enter():
            pass
        future = visit.submit(Work(Task.IMAGE_EMBEDDING, [b"read when the signal came"], 5))
        model.gate.set()
        assert len(future.result(PATIENCE)) == 1
        assert not drained
        inside.__exit__(None, None, None)
        drain.join(PATIENCE)
        assert drained == [True]


def test_who_comes_while_the_end_is_announced_is_served() -> None:
    with ThreadPoolExecutor(1) as pool, running(StandInModel()) as engine:
        pool.submit(engine.drain, PATIENCE, notice=PATIENCE)
        await_state(engine, State.DRAINING)
        assert len(embed(engine, b"came before the balancer looked")) == 1


def test_who_comes_after_the_notice_is_refused() -> None:
    with running(StandInModel()) as engine:
        assert engine.drain(PATIENCE, notice=0.01)
        with pytest.raises(NotReady, match="shutting down"), engine.enter():
            pass


def test_a_drain_gives_up_in_time() -> None:
    with running(StandInModel()) as engine, engine.enter():
        assert not engine.drain(0.01)


def test_what_happens_is_counted() -> None:
    metrics = InferenceMetrics()
    with running(StandInModel(), metrics=metrics) as engine:
        embed(engine, b"a", b"b", CORRUPT)
        statistics = engine.status().statistics
    text = exposition(metrics.registry).decode()
    labels = 'model="stand-in",outcome="{}",task="image-embedding"'
    assert f"pinakes_inference_items_total{{{labels.format('answered')}}} 2.0" in text
    assert f"pinakes_inference_items_total{{{labels.format('refused')}}} 1.0" in text
    assert "pinakes_inference_waiting_items 0.0" in text
    for stage in ("decode", "preprocess", "queue", "infer", "postprocess", "load"):
        assert f'pinakes_inference_stage_seconds_count{{model="stand-in",stage="{stage}"}}' in text
    assert (statistics.success.count, statistics.fail.count, statistics.queue.count) == (2, 1, 2)
    assert statistics.compute_input.count == 2
    assert statistics.inference_count == 2 + 2  # and one for each task that was proved
    calls = [totals.compute_infer.count for totals in statistics.batches.values()]
    assert sum(calls) == statistics.execution_count
    prepared = sum(totals.compute_input.ns for totals in statistics.batches.values())
    assert prepared > 0
    finished = sum(totals.compute_output.ns for totals in statistics.batches.values())
    assert finished == pytest.approx(statistics.compute_output.ns, abs=10)
