"""One input that a model cannot bear fails alone, and costs its neighbours a few calls at most."""

from functools import partial

import numpy as np
import pytest
from tests.stand_ins import DIMENSIONS, POISON, StandInModel, vector_of

from pinakes.core.types import Caption, Reason, Refusal
from pinakes.models.base import Prepared, Result
from pinakes.models.isolation import called, isolating


def prepared(*images: bytes) -> list[Prepared]:
    return [Prepared(np.frombuffer(image, np.uint8), cost=1) for image in images]


def outcomes_of(model: StandInModel, *images: bytes) -> list[Result | Refusal]:
    return isolating(partial(called, model), prepared(*images), dimensions=DIMENSIONS)


def test_all_good_is_one_call() -> None:
    model = StandInModel()
    outcomes = outcomes_of(model, b"a", b"b")
    assert np.array_equal(outcomes, [vector_of(b"a"), vector_of(b"b")])  # type: ignore[arg-type]
    assert len(model.batches) == 1


@pytest.mark.parametrize("place", [0, 13, 31])
def test_a_poisoned_input_fails_alone(place: int) -> None:
    images = [b"picture %d" % number for number in range(32)]
    images[place] = POISON
    model = StandInModel()
    outcomes = outcomes_of(model, *images)
    refused = outcomes[place]
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.MODEL_FAILED
    good = [index for index in range(32) if index != place]
    assert all(np.array_equal(outcomes[index], vector_of(images[index])) for index in good)
    assert len(model.batches) == 11  # the whole, then two halves at each of five levels


def test_a_broken_model_refuses_each_input_and_ends() -> None:
    model = StandInModel(broken=True)
    outcomes = outcomes_of(model, b"a", b"b", b"c")
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Refusal)] == [
        Reason.MODEL_FAILED
    ] * 3
    assert len(model.batches) == 5


def test_too_little_memory_is_told_from_a_broken_model() -> None:
    heard: list[tuple[str, int]] = []
    model = StandInModel(room=2)
    outcomes = isolating(
        partial(called, model),
        prepared(*[b"%d" % number for number in range(8)]),
        dimensions=DIMENSIONS,
        failed=lambda error, size: heard.append((type(error).__name__, size)),
    )
    assert np.array_equal(outcomes, [vector_of(b"%d" % number) for number in range(8)])  # type: ignore[arg-type]
    assert heard == [("OutOfMemory", 8), ("OutOfMemory", 4), ("OutOfMemory", 4)]
    alone = outcomes_of(StandInModel(room=0), b"a")[0]
    assert isinstance(alone, Refusal)
    assert alone.reason is Reason.OUT_OF_MEMORY


def test_a_model_that_loses_a_result_is_asked_again_in_halves() -> None:
    class Forgetful(StandInModel):
        def postprocess(self, inferred: list[bytes]) -> list[Result]:
            return super().postprocess(inferred)[: 1 if len(inferred) > 1 else None]

    outcomes = outcomes_of(Forgetful(), b"a", b"b")
    assert np.array_equal(outcomes, [vector_of(b"a"), vector_of(b"b")])  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [np.full(8, np.nan, np.float32), np.ones(7, np.float32)])
def test_numbers_that_are_no_embedding_are_refused(bad: np.ndarray) -> None:
    class Wrong(StandInModel):
        def postprocess(self, inferred: list[bytes]) -> list[Result]:
            return [bad if image == b"bad" else vector_of(image) for image in inferred]

    outcomes = outcomes_of(Wrong(), b"good", b"bad")
    assert np.array_equal(outcomes[0], vector_of(b"good"))  # type: ignore[arg-type]
    assert isinstance(outcomes[1], Refusal)


def test_captions_are_taken_as_they_are() -> None:
    outcomes = isolating(lambda batch: [Caption("a cat") for _ in batch], prepared(b"a"), dimensions=0)
    assert outcomes == [Caption("a cat")]
