"""Batches form by themselves, in turns, within caps; who has gone or is late costs nothing."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager

import numpy as np
import pytest
from tests.serving.one_engine import await_waiting, put, running, settled
from tests.stand_ins import StandInModel, vector_of
from tests.waiting import PATIENCE, until

from pinakes.core.errors import DeadlineExceeded, InvalidRequest, ModelFailed
from pinakes.core.types import Refusal, Task
from pinakes.models.base import Prepared
from pinakes.serving import batcher, fairness
from pinakes.serving.engine import Engine
from pinakes.serving.request import Priority, Tensor


@contextmanager
def busy(model: StandInModel, **settings: object) -> Iterator[Engine]:
    """An engine whose model is held up by a first input until its gate is opened."""
    with running(model, **settings) as engine:
        model.gate.clear()
        put(engine, b"first")
        assert model.entered.acquire(timeout=PATIENCE)
        yield engine


def test_outcomes_come_in_request_order() -> None:
    images = [b"%d" % number for number in range(100)]
    with running(StandInModel(concurrency=3)) as engine:
        outcomes = put(engine, *images).result(PATIENCE)
    assert all(np.array_equal(found, vector_of(image)) for found, image in zip(outcomes, images, strict=True))  # type: ignore[arg-type]


def test_an_idle_engine_does_not_wait_for_company() -> None:
    model = StandInModel()
    with running(model) as engine:
        put(engine, b"alone").result(PATIENCE)
        taken = []
        for number in range(20):
            started = time.monotonic()
            put(engine, b"%d" % number).result(PATIENCE)
            taken.append(time.monotonic() - started)
    assert min(taken) < 0.05, "whatever else the machine does, one of them is not held up"
    assert [len(batch) for batch in model.batches] == [1] * 21


class Threaded(StandInModel):
    """Remembers which thread called it."""

    def __init__(self, **named: float) -> None:
        super().__init__(**named)  # type: ignore[arg-type]
        self.threads: list[str] = []

    def infer(self, batch: Sequence[Prepared]) -> list[bytes]:
        self.threads.append(threading.current_thread().name)
        return super().infer(batch)


def test_a_quick_model_that_is_free_is_called_by_the_thread_that_prepared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batcher, "OWN_CALL_SECONDS", PATIENCE)  # quick, whatever else the machine does
    model = Threaded()
    with running(model) as engine:

        def called_where_prepared() -> bool:
            put(engine, b"a").result(PATIENCE)
            return model.threads[-1].startswith("pinakes-prepare")

        until(called_where_prepared, "a call once the model was given back")


def test_a_slow_model_does_not_keep_others_pictures_from_being_prepared() -> None:
    model = Threaded(seconds_per_image=0.02)
    with running(model) as engine:
        model.threads.clear()
        for number in range(3):
            put(engine, b"%d" % number).result(PATIENCE)
    assert not [name for name in model.threads if name.startswith("pinakes-prepare")]


def test_no_more_calls_run_at_once_than_pay_off_whoever_makes_them() -> None:
    model = StandInModel(concurrency=2)
    with running(model, workers=6) as engine:
        model.gate.clear()
        futures = [put(engine, b"%d" % number) for number in range(20)]
        for _ in range(2):
            assert model.entered.acquire(timeout=PATIENCE)
        settled(engine)
        assert len(model.batches) == 2
        model.gate.set()
        for future in futures:
            future.result(PATIENCE)
    assert len(model.seen) == 20


def test_what_waits_while_the_model_works_becomes_one_batch() -> None:
    model = StandInModel()
    with busy(model) as engine:
        futures = [put(engine, b"%d" % number) for number in range(6)]
        settled(engine)
        model.gate.set()
        for future in futures:
            future.result(PATIENCE)
    assert [len(batch) for batch in model.batches] == [1, 6]


def test_a_large_request_does_not_starve_a_small_one() -> None:
    model = StandInModel()
    with busy(model, max_batch=4) as engine:
        large = put(engine, *[b"large %d" % number for number in range(80)])
        settled(engine)
        small = put(engine, b"small")
        settled(engine)
        model.gate.set()
        small.result(PATIENCE)
        large.result(PATIENCE)
    assert any(b"small" in batch for batch in model.batches[1:5])


def test_a_named_client_has_one_share_however_many_requests_it_sends() -> None:
    model = StandInModel()
    with busy(model, max_batch=4) as engine:
        bulk = [put(engine, *[b"bulk %d" % number] * 4, client="bulk") for number in range(10)]
        settled(engine)
        one = put(engine, b"one", client="person")
        settled(engine)
        model.gate.set()
        one.result(PATIENCE)
        for future in bulk:
            future.result(PATIENCE)
    assert any(b"one" in batch for batch in model.batches[1:5])


def test_the_urgent_go_first_and_bulk_work_still_comes() -> None:
    model = StandInModel()
    with busy(model, max_batch=1) as engine:
        bulk = put(engine, b"bulk", priority=Priority.BULK)
        settled(engine)
        normal = put(engine, b"normal")
        settled(engine)
        urgent = put(engine, b"urgent", priority=Priority.INTERACTIVE)
        settled(engine)
        model.gate.set()
        for future in (bulk, normal, urgent):
            future.result(PATIENCE)
    assert model.seen == [b"first", b"urgent", b"normal", b"bulk"]


def test_a_person_is_in_the_next_call_however_long_a_library_has_waited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fairness, "AGEING_SECONDS", 1e-9)  # the library counts as urgent at once
    model = StandInModel()
    with busy(model, max_batch=4) as engine:
        library = put(
            engine, *[b"%d" % number for number in range(60)], priority=Priority.BULK, client="bulk"
        )
        settled(engine)
        person = put(engine, b"person", priority=Priority.INTERACTIVE, client="person")
        settled(engine)
        model.gate.set()
        for future in (person, library):
            future.result(PATIENCE)
    assert b"person" in model.batches[1]


def test_less_urgent_inputs_do_not_make_an_urgent_call_longer() -> None:
    model = StandInModel(seconds_per_image=0.01)
    with busy(model, max_batch=8, max_batch_seconds=0.08) as engine:
        library = put(
            engine, *[b"%d" % number for number in range(40)], priority=Priority.BULK, client="bulk"
        )
        settled(engine)
        person = put(engine, b"person", priority=Priority.INTERACTIVE, client="person")
        settled(engine)
        model.gate.set()
        for future in (person, library):
            future.result(PATIENCE)
    with_the_person = [len(batch) for batch in model.batches if b"person" in batch]
    assert with_the_person[0] <= 2 < max(map(len, model.batches))


def test_urgent_inputs_share_a_call_of_any_length() -> None:
    model = StandInModel(seconds_per_image=0.01)
    with busy(model, max_batch=4) as engine:
        people = [put(engine, b"%d" % number, priority=Priority.INTERACTIVE) for number in range(4)]
        settled(engine)
        model.gate.set()
        for future in people:
            future.result(PATIENCE)
    assert [len(batch) for batch in model.batches] == [1, 4]


def test_free_workers_share_one_request() -> None:
    model = StandInModel(concurrency=2)
    with running(model, max_batch=32) as engine:
        model.gate.clear()
        held = put(engine, b"one", b"two")
        for _ in range(2):
            assert model.entered.acquire(timeout=PATIENCE)
        request = put(engine, *[b"%d" % number for number in range(32)])
        settled(engine)
        model.gate.set()
        held.result(PATIENCE)
        assert len(request.result(PATIENCE)) == 32
    assert max(len(batch) for batch in model.batches) <= 32


def test_a_batch_is_bounded_by_its_cost() -> None:
    model = StandInModel()
    with busy(model, max_batch_pixels=100, max_batch=8) as engine:
        future = put(engine, *[b"x" * 40] * 6, b"y" * 500)
        settled(engine)
        model.gate.set()
        future.result(PATIENCE)
    assert sorted(len(batch) for batch in model.batches) == [1, 1, 2, 2, 2]


def test_only_inputs_of_one_shape_share_a_batch() -> None:
    class Shaped(StandInModel):
        def preprocess(self, item: object) -> Prepared:
            prepared = super().preprocess(item)  # type: ignore[arg-type]
            return Prepared(prepared.array, prepared.cost, shape=len(prepared.array))

    model = Shaped()
    with busy(model) as engine:
        future = put(engine, b"aa", b"bbb", b"cc", b"ddd")
        settled(engine)
        model.gate.set()
        future.result(PATIENCE)
    assert sorted(sorted(map(len, batch)) for batch in model.batches[1:]) == [[2, 2], [3, 3]]


def test_words_and_pictures_never_share_a_batch() -> None:
    model = StandInModel()
    with busy(model) as engine:
        words = put(engine, "a cat", task=Task.TEXT_EMBEDDING)
        pictures = put(engine, b"a picture")
        settled(engine)
        model.gate.set()
        assert np.array_equal(words.result(PATIENCE), [vector_of(b"a cat")])  # type: ignore[arg-type]
        pictures.result(PATIENCE)
    assert [len(batch) for batch in model.batches] == [1, 1, 1]


def test_a_tensor_goes_to_the_model_as_it_is_and_a_wrong_one_is_refused() -> None:
    model = StandInModel()
    with running(model) as engine:
        good = put(engine, Tensor(np.frombuffer(b"tensor", np.uint8)))
        assert np.array_equal(good.result(PATIENCE), [vector_of(b"tensor")])  # type: ignore[arg-type]
        with pytest.raises(InvalidRequest, match="float64"):
            put(engine, Tensor(np.zeros((2, 2)))).result(PATIENCE)


def test_cancelling_one_of_three_leaves_the_others_whole() -> None:
    model = StandInModel()
    with busy(model) as engine:
        three = [put(engine, image) for image in (b"a", b"b", b"c")]
        settled(engine)
        assert three[1].cancel()
        model.gate.set()
        assert np.array_equal(three[0].result(PATIENCE)[0], vector_of(b"a"))  # type: ignore[arg-type]
        assert np.array_equal(three[2].result(PATIENCE)[0], vector_of(b"c"))  # type: ignore[arg-type]
        with pytest.raises(CancelledError):
            three[1].result(PATIENCE)
    assert b"b" not in model.seen


def test_cancelling_a_request_in_work_harms_no_neighbour() -> None:
    model = StandInModel()
    with running(model) as engine:
        model.gate.clear()
        gone = put(engine, b"gone")
        assert model.entered.acquire(timeout=PATIENCE)
        gone.cancel()
        stays = put(engine, b"stays")
        model.gate.set()
        assert len(stays.result(PATIENCE)) == 1


def test_a_request_whose_time_ran_out_costs_nothing() -> None:
    model = StandInModel()
    with busy(model) as engine:
        late = put(engine, b"late", seconds=0.2)
        time.sleep(0.3)
        model.gate.set()
        with pytest.raises(DeadlineExceeded):
            late.result(PATIENCE)
    assert b"late" not in model.seen


def test_a_worker_survives_a_model_that_raises_anything() -> None:
    class Exiting(StandInModel):
        exits = False

        def infer(self, batch):  # type: ignore[no-untyped-def]
            if self.exits:
                self.exits = False
                raise SystemExit
            return super().infer(batch)

    model = Exiting()
    with running(model) as engine:
        model.exits = True
        with pytest.raises(ModelFailed):
            put(engine, b"a").result(PATIENCE)
        assert len(put(engine, b"b").result(PATIENCE)) == 1


def test_where_memory_is_short_batches_shrink_and_grow_again() -> None:
    model = StandInModel(room=3)
    with busy(model) as engine:
        first = put(engine, *[b"%d" % number for number in range(8)])
        settled(engine)
        model.gate.set()
        assert not any(isinstance(outcome, Refusal) for outcome in first.result(PATIENCE))
        shrunk = len(model.batches)
        put(engine, *[b"%d" % number for number in range(8)]).result(PATIENCE)
        assert max(len(batch) for batch in model.batches[shrunk:]) <= 3
        model.room = 1000
        for _ in range(60):
            put(engine, *[b"%d" % number for number in range(16)]).result(PATIENCE)
        assert max(len(batch) for batch in model.batches[shrunk:]) > 4
        await_waiting(engine, 0)


def test_a_large_request_is_not_decoded_far_ahead_of_the_model() -> None:
    decoded: list[bytes] = []

    class Counting(StandInModel):
        def preprocess(self, item: object) -> Prepared:
            decoded.append(b"")
            return super().preprocess(item)  # type: ignore[arg-type]

    model = Counting()
    with busy(model, max_batch=4) as engine:
        decoded.clear()
        future = put(engine, *[b"%d" % number for number in range(200)])
        settled(engine)
        assert len(decoded) <= 4 * 2 + 2  # two batches, and one in each preparing thread
        model.gate.set()
        assert len(future.result(PATIENCE)) == 200
