import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager

import numpy as np
import pytest
from tests.stand_ins import StandInEmbedder, vector_of

from pinakes.core.errors import DeadlineExceeded, ModelFailed
from pinakes.serving.batcher import Batcher
from pinakes.serving.request import Outcome, Request


def request_of(*images: bytes, seconds: float = 10.0) -> Request:
    return Request(images, deadline=time.monotonic() + seconds)


@contextmanager
def batcher_over(model: StandInEmbedder, *, max_batch: int = 8, workers: int = 1) -> Iterator[Batcher]:
    batcher = Batcher(model.embed, max_batch=max_batch, workers=workers)
    batcher.start()
    try:
        yield batcher
    finally:
        model.gate.set()
        batcher.close()


def test_outcomes_come_in_request_order() -> None:
    images = [b"%d" % number for number in range(50)]
    with batcher_over(StandInEmbedder(), workers=3) as batcher:
        request = request_of(*images)
        batcher.put(request)
        outcomes = request.future.result(5)
    assert all(np.array_equal(found, vector_of(image)) for found, image in zip(outcomes, images, strict=True))


def test_what_waits_while_the_model_works_becomes_one_batch() -> None:
    model = StandInEmbedder()
    model.gate.clear()
    with batcher_over(model) as batcher:
        requests = [request_of(b"first")]
        batcher.put(requests[0])
        assert model.entered.acquire(timeout=5)
        for number in range(6):
            requests.append(request_of(b"%d" % number))
            batcher.put(requests[-1])
        model.gate.set()
        for request in requests:
            request.future.result(5)
    assert [len(batch) for batch in model.batches] == [1, 6]


def test_a_large_request_does_not_starve_a_small_one() -> None:
    model = StandInEmbedder()
    model.gate.clear()
    with batcher_over(model, max_batch=4) as batcher:
        first = request_of(b"first")
        batcher.put(first)
        assert model.entered.acquire(timeout=5)
        large = request_of(*[b"large %d" % number for number in range(40)])
        small = request_of(b"small")
        batcher.put(large)
        batcher.put(small)
        model.gate.set()
        small.future.result(5)
        large.future.result(5)
    assert b"small" in model.batches[1]


def test_free_workers_share_one_request() -> None:
    model = StandInEmbedder()
    model.gate.clear()
    with batcher_over(model, max_batch=32, workers=2) as batcher:
        time.sleep(0.05)  # both workers wait
        request = request_of(*[b"%d" % number for number in range(32)])
        batcher.put(request)
        assert model.entered.acquire(timeout=5)
        assert model.entered.acquire(timeout=5)
        model.gate.set()
        assert len(request.future.result(5)) == 32
    assert sorted(len(batch) for batch in model.batches) == [16, 16]


def test_cancelling_one_of_three_leaves_the_others_whole() -> None:
    model = StandInEmbedder()
    model.gate.clear()
    with batcher_over(model) as batcher:
        running = request_of(b"running")
        batcher.put(running)
        assert model.entered.acquire(timeout=5)
        three = [request_of(b"a"), request_of(b"b"), request_of(b"c")]
        for request in three:
            batcher.put(request)
        assert three[1].future.cancel()
        model.gate.set()
        assert np.array_equal(three[0].future.result(5)[0], vector_of(b"a"))
        assert np.array_equal(three[2].future.result(5)[0], vector_of(b"c"))
        with pytest.raises(CancelledError):
            three[1].future.result(5)
    assert b"b" not in model.seen


def test_cancelling_a_request_in_work_harms_no_neighbour() -> None:
    model = StandInEmbedder()
    model.gate.clear()
    with batcher_over(model) as batcher:
        gone = request_of(b"gone")
        batcher.put(gone)
        assert model.entered.acquire(timeout=5)
        gone.future.cancel()
        stays = request_of(b"stays")
        batcher.put(stays)
        model.gate.set()
        assert len(stays.future.result(5)) == 1


def test_a_request_whose_time_ran_out_costs_nothing() -> None:
    model = StandInEmbedder()
    model.gate.clear()
    with batcher_over(model) as batcher:
        running = request_of(b"running")
        batcher.put(running)
        assert model.entered.acquire(timeout=5)
        late = request_of(b"late", seconds=0.01)
        batcher.put(late)
        time.sleep(0.02)
        model.gate.set()
        with pytest.raises(DeadlineExceeded):
            late.future.result(5)
    assert b"late" not in model.seen


def test_a_worker_survives_an_embed_that_raises_anything() -> None:
    calls: list[int] = []

    def embed(images: Sequence[bytes]) -> list[Outcome]:
        calls.append(len(images))
        if len(calls) == 1:
            raise SystemExit
        return [vector_of(image) for image in images]

    batcher = Batcher(embed, max_batch=4, workers=1)
    batcher.start()
    first, second = request_of(b"a"), request_of(b"b")
    batcher.put(first)
    with pytest.raises(ModelFailed):
        first.future.result(5)
    batcher.put(second)
    assert len(second.future.result(5)) == 1
    batcher.close()


def test_closing_finishes_what_is_queued() -> None:
    model = StandInEmbedder(seconds_per_image=0.005)
    batcher = Batcher(model.embed, max_batch=2, workers=1)
    batcher.start()
    requests = [request_of(b"%d" % number) for number in range(10)]
    for request in requests:
        batcher.put(request)
    batcher.close()
    assert all(request.future.done() for request in requests)
