import numpy as np
import pytest
from tests.stand_ins import CORRUPT, POISON, StandInEmbedder, vector_of

from pinakes.core.types import Reason, Refusal
from pinakes.serving.isolation import embed_isolating


def test_all_good_is_one_call() -> None:
    model = StandInEmbedder()
    outcomes = embed_isolating(model, [b"a", b"b"])
    assert np.array_equal(outcomes[0], vector_of(b"a"))
    assert np.array_equal(outcomes[1], vector_of(b"b"))
    assert len(model.batches) == 1


@pytest.mark.parametrize("place", [0, 13, 31])
def test_a_poisoned_picture_fails_alone(place: int) -> None:
    images = [b"picture %d" % number for number in range(32)]
    images[place] = POISON
    model = StandInEmbedder()
    outcomes = embed_isolating(model, images)
    assert isinstance(outcomes[place], Refusal)
    assert outcomes[place].reason is Reason.MODEL_FAILED
    good = [index for index in range(32) if index != place]
    assert all(np.array_equal(outcomes[index], vector_of(images[index])) for index in good)
    assert len(model.batches) == 11  # the whole, then two halves at each of five levels


def test_one_corrupt_picture_in_32_costs_no_second_call() -> None:
    images = [b"%d" % number for number in range(31)] + [CORRUPT]
    model = StandInEmbedder()
    outcomes = embed_isolating(model, images)
    assert outcomes[31] == Refusal(Reason.TRUNCATED, "Its end is missing.")
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 1
    assert len(model.batches) == 1


def test_a_broken_model_refuses_each_picture_and_ends() -> None:
    model = StandInEmbedder(broken=True)
    outcomes = embed_isolating(model, [b"a", b"b", b"c"])
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Refusal)] == [
        Reason.MODEL_FAILED
    ] * 3
    assert len(model.batches) == 5


def test_a_model_that_loses_an_outcome_is_asked_again_in_halves() -> None:
    class Forgetful(StandInEmbedder):
        def embed(self, images):  # type: ignore[no-untyped-def]
            return super().embed(images)[: 1 if len(images) > 1 else None]

    outcomes = embed_isolating(Forgetful(), [b"a", b"b"])
    assert np.array_equal(outcomes[0], vector_of(b"a"))
    assert np.array_equal(outcomes[1], vector_of(b"b"))


@pytest.mark.parametrize("bad", [np.full(8, np.nan, np.float32), np.ones(7, np.float32)])
def test_numbers_that_are_no_embedding_are_refused(bad: np.ndarray) -> None:
    class Wrong(StandInEmbedder):
        def embed(self, images):  # type: ignore[no-untyped-def]
            return [bad if image == b"bad" else vector_of(image) for image in images]

    outcomes = embed_isolating(Wrong(), [b"good", b"bad"])
    assert np.array_equal(outcomes[0], vector_of(b"good"))
    assert isinstance(outcomes[1], Refusal)
