import numpy as np
import pytest
from tests.wire_service import vector_of

from pinakes.clients.agreement import LARGEST_KEPT, Kept, smallest
from pinakes.core.protocols import Embedder
from pinakes.core.types import ModelIdentity, Reason, Refusal, Vector

REFUSED = Refusal(Reason.EMPTY, "")


class Answering:
    """Implements Embedder with one answer to everything."""

    identity = ModelIdentity("one", "1", "none", 8)

    def __init__(self, answer: Vector | Refusal) -> None:
        self.answer = answer

    def embed(self, images: object) -> list[Vector | Refusal]:
        return [self.answer]

    def close(self) -> None:
        pass


def test_the_smallest_picture_that_was_answered_is_kept() -> None:
    images = [b"four", b"a", b"three", b"no"]
    outcomes: list[Vector | Refusal | None] = [vector_of(b"four"), REFUSED, vector_of(b"three"), None]
    kept = smallest(images, outcomes)
    assert kept is not None
    assert kept.image == b"four"
    assert np.array_equal(kept.vector, vector_of(b"four"))


def test_nothing_is_kept_where_nothing_was_answered_or_all_is_large() -> None:
    assert smallest([b"a", b"b"], [REFUSED, None]) is None
    large = bytes(LARGEST_KEPT + 1)
    assert smallest([large], [vector_of(b"large")]) is None


@pytest.mark.parametrize(
    ("answer", "cosine"),
    [(vector_of(b"a"), 1.0), (-vector_of(b"a"), -1.0), (REFUSED, -1.0), (np.ones(4, np.float32), -1.0)],
)
def test_the_cosine_is_that_of_both_answers(answer: Vector | Refusal, cosine: float) -> None:
    other: Embedder = Answering(answer)
    assert Kept(b"a", vector_of(b"a")).cosine(other) == pytest.approx(cosine, abs=1e-6)
