"""Results by content and model: found again, bounded in bytes, and off unless given room."""

import numpy as np
from tests.serving.one_engine import put, running
from tests.stand_ins import CORRUPT, StandInModel, vector_of
from tests.waiting import PATIENCE

from pinakes.core.metrics import exposition
from pinakes.core.types import Caption, ModelIdentity, Task
from pinakes.serving.cache import ENTRY_BYTES, Key, ResultCache
from pinakes.serving.metrics import InferenceMetrics
from pinakes.serving.request import Tensor

MODEL = ModelIdentity("m", "1", "p", 8)


def key(cache: ResultCache, content: bytes, *, identity: ModelIdentity = MODEL) -> Key:
    named = cache.key(identity, Task.IMAGE_EMBEDDING, content)
    assert named is not None
    return named


def test_a_result_is_found_by_content_model_and_task() -> None:
    cache = ResultCache(10_000)
    cache.put(key(cache, b"a"), Caption("kept"))
    assert cache.get(key(cache, b"a")) == Caption("kept")
    assert cache.get(key(cache, b"b")) is None
    assert cache.get(key(cache, b"a", identity=ModelIdentity("m", "2", "p", 8))) is None
    assert cache.key(MODEL, Task.CAPTIONING, b"a") != cache.key(MODEL, Task.IMAGE_EMBEDDING, b"a")


def test_what_was_not_asked_for_longest_goes_first() -> None:
    cache = ResultCache(3 * (ENTRY_BYTES + 32))
    for content in (b"a", b"b", b"c"):
        cache.put(key(cache, content), vector_of(content))
    assert cache.get(key(cache, b"a")) is not None
    cache.put(key(cache, b"d"), vector_of(b"d"))
    assert cache.get(key(cache, b"b")) is None
    assert all(cache.get(key(cache, content)) is not None for content in (b"a", b"c", b"d"))


def test_without_room_nothing_is_kept_and_tensors_never_are() -> None:
    assert ResultCache(0).key(MODEL, Task.IMAGE_EMBEDDING, b"a") is None
    assert ResultCache(10_000).key(MODEL, Task.IMAGE_EMBEDDING, Tensor(np.zeros(3))) is None


def test_the_engine_asks_the_model_once() -> None:
    model, metrics = StandInModel(), InferenceMetrics()
    with running(model, metrics=metrics, cache_bytes=100_000) as engine:
        for _ in range(3):
            outcomes = put(engine, b"a", CORRUPT).result(PATIENCE)
            assert np.array_equal(outcomes[0], vector_of(b"a"))  # type: ignore[arg-type]
        statistics = engine.status().statistics
    assert model.seen == [b"a"]
    assert statistics.cache_hit.count == 2
    assert (
        'pinakes_inference_cache_total{model="stand-in",outcome="hit"} 2.0'
        in exposition(metrics.registry).decode()
    )


def test_by_default_the_model_is_asked_each_time() -> None:
    model = StandInModel()
    with running(model) as engine:
        for _ in range(3):
            put(engine, b"a").result(PATIENCE)
    assert len(model.seen) == 3
