"""Several models in one engine: loaded when wanted, within a memory budget, unloaded when nobody is in."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace

import numpy as np
import pytest
from tests.serving.one_engine import (
    PATIENCE,
    await_model,
    await_state,
    make_engine,
    put,
)
from tests.stand_ins import StandInModel, vector_of
from tests.waiting import until

from pinakes.core.errors import ModelUnusable, NotFound, NotReady, OutOfMemory
from pinakes.core.types import Task
from pinakes.serving.catalogue import ModelState, Offer
from pinakes.serving.engine import Engine, State


def offer(model: StandInModel, *, nbytes: int = 1000, version: int = 1, current: bool = True) -> Offer:
    tasks = frozenset({Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING})
    name, revision = model.identity.name, model.identity.revision
    return Offer(name, revision, version, tasks, nbytes, current, model.load)


@contextmanager
def engine_over(*offers: Offer, **settings: object) -> Iterator[Engine]:
    engine = make_engine(list(offers), **settings)  # type: ignore[arg-type]
    engine.start()
    await_state(engine, State.HEALTHY)
    yield engine
    engine.close()


def ask(engine: Engine, name: str) -> object:
    return put(engine, b"a", model=name).result(PATIENCE)[0]


def load(engine: Engine, name: str) -> None:
    engine.load(name)
    await_model(engine, name, ModelState.READY)


def test_a_model_that_is_wanted_begins_to_load() -> None:
    first, second = StandInModel(name="first"), StandInModel(name="second")
    with engine_over(offer(first), offer(second)) as engine:
        assert engine.status("second").state is ModelState.ABSENT
        with pytest.raises(NotReady, match="second is still loading"):
            ask(engine, "second")
        await_model(engine, "second", ModelState.READY)
        assert np.array_equal(ask(engine, "second"), vector_of(b"a"))  # type: ignore[arg-type]
        assert [status.offer.name for status in engine.statuses()] == ["first", "second"]


def test_two_revisions_stand_side_by_side() -> None:
    old, new = StandInModel(revision="old"), StandInModel(revision="new")
    with engine_over(offer(old, current=False), offer(new, version=2), default="stand-in") as engine:
        assert engine.identity.revision == "new"
        load(engine, "stand-in@old")
        assert engine.model("stand-in@old").identity.revision == "old"
        assert engine.model("stand-in").identity.revision == "new"


def test_a_model_goes_by_its_aliases_too() -> None:
    known = replace(offer(StandInModel(name="first")), aliases=("vit-b-32__openai", "owner/first"))
    with engine_over(known) as engine:
        assert engine.model("ViT-B-32__openai").name == "first"
        assert engine.status("owner/First").offer is known


def test_unloading_waits_for_who_is_inside() -> None:
    first, second = StandInModel(name="first"), StandInModel(name="second")
    with engine_over(offer(first), offer(second)) as engine:
        load(engine, "second")
        second.gate.clear()
        inside = put(engine, b"a", model="second")
        engine.unload("second")
        await_model(engine, "second", ModelState.UNLOADING)
        with pytest.raises(NotReady, match="unloaded"):
            ask(engine, "second")
        assert not second.closed
        second.gate.set()
        assert len(inside.result(PATIENCE)) == 1
        await_model(engine, "second", ModelState.ABSENT)
        assert second.closed


def test_what_nobody_uses_is_unloaded_but_the_default_stays() -> None:
    first, second = StandInModel(name="first"), StandInModel(name="second")
    with engine_over(offer(first), offer(second), idle_seconds=0.1) as engine:
        engine.load("second")
        until(lambda: second.closed, "the end of the second model")  # it may have come and gone unseen
        await_model(engine, "second", ModelState.ABSENT)
        assert engine.state is State.HEALTHY


def test_the_least_recently_used_makes_room() -> None:
    models = [StandInModel(name=name) for name in ("default", "a", "b", "c")]
    with engine_over(*map(offer, models), default="default", model_bytes=3000) as engine:
        load(engine, "a")
        load(engine, "b")
        ask(engine, "a")
        load(engine, "c")
        assert engine.status("b").state is ModelState.ABSENT
        assert engine.status("a").state is ModelState.READY
        assert engine.state is State.HEALTHY


def test_a_model_that_does_not_fit_says_so_and_may_be_tried_again() -> None:
    first, large = StandInModel(name="first"), StandInModel(name="large")
    with engine_over(offer(first), offer(large, nbytes=10 * 2**20), model_bytes=2**20) as engine:
        engine.load("large")
        await_model(engine, "large", ModelState.FAILED)
        assert "PINAKES_INFERENCE__MODEL_BYTES" in engine.status("large").failure
        with pytest.raises(OutOfMemory):
            ask(engine, "large")


def test_a_failed_load_is_told_and_can_be_repeated() -> None:
    first, second = StandInModel(name="first"), StandInModel(name="second", broken=True)
    with engine_over(offer(first), offer(second)) as engine:
        engine.load("second")
        await_model(engine, "second", ModelState.FAILED)
        with pytest.raises(ModelUnusable, match="could not be loaded"):
            ask(engine, "second")
        second.broken = False
        load(engine, "second")


def test_a_model_that_comes_later_is_found_and_an_unknown_one_named() -> None:
    offers = [offer(StandInModel(name="first"))]
    engine = make_engine(offers)
    engine.start()
    await_state(engine, State.HEALTHY)
    with pytest.raises(NotFound) as caught:
        engine.load("second")
    assert caught.value.remedy == "There are: first."
    offers.append(offer(StandInModel(name="second")))
    load(engine, "second")
    engine.close()


def test_models_that_come_and_go_harm_nobody_who_asks_meanwhile() -> None:
    offers = [offer(StandInModel(name="first"))]
    more = [offer(StandInModel(name=f"model-{number}")) for number in range(200)]
    engine = make_engine(offers)  # nothing is loaded: whoever comes is told so once every model was looked at
    ended = threading.Event()

    def come_and_go() -> None:
        while not ended.is_set():
            offers[1:] = [] if len(offers) > 1 else more
            engine.statuses()

    with closing(engine), ThreadPoolExecutor(1) as pool, often_interrupted():
        moving = pool.submit(come_and_go)
        try:
            for _ in range(500):
                with pytest.raises(NotReady), engine.enter():
                    pass
        finally:
            ended.set()
        moving.result(PATIENCE)


@contextmanager
def often_interrupted() -> Iterator[None]:
    """Threads take turns a thousand times as often as they would."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 1000)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def test_a_slow_load_holds_up_nobody_else() -> None:
    may_load = threading.Event()
    first, slow = StandInModel(name="first"), StandInModel(name="slow")

    def load_slowly() -> object:
        assert may_load.wait(PATIENCE)
        return slow.load()

    offers = [offer(first), Offer("slow", "1", 1, frozenset(), 0, True, load_slowly)]  # type: ignore[arg-type]
    with engine_over(*offers) as engine:
        engine.load("slow")
        await_model(engine, "slow", ModelState.LOADING)
        ask(engine, "first")  # answered before the other may go on
        may_load.set()
        await_model(engine, "slow", ModelState.READY)
