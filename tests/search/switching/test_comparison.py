"""Two models asked the same: how much their answers share, and what moved where."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.search.concepts import CONCEPTS, ConceptLibrary, ConceptModel, unit

from pinakes.core.errors import ModelUnusable
from pinakes.core.payload import PICTURES
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Vector
from pinakes.search.searcher import Searcher
from pinakes.search.switching.comparison import changed, compare, rank_biased_overlap
from pinakes.search.switching.side import Side
from pinakes.vectors.memory import MemoryCollection
from pinakes.vectors.points import Point

OTHER = replace(CONCEPTS, name="other", dimensions=48)

RANKINGS = st.lists(st.integers(0, 30), unique=True, max_size=12)


class OtherModel(ConceptModel):
    """A model with vectors of its own, which takes cats for dogs."""

    def __init__(self) -> None:
        super().__init__(OTHER)

    def _embedded(self, text: str) -> Vector:
        return translated(super()._embedded(text.replace("cat", "dog")))


def translated(vector: Vector) -> Vector:
    """The vector in the other model's space."""
    turning = np.random.default_rng(1).normal(size=(CONCEPTS.dimensions, OTHER.dimensions))
    return unit(vector @ turning)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[ConceptLibrary]:
    made = ConceptLibrary(tmp_path)
    yield made
    made.close()


def sides(library: ConceptLibrary) -> tuple[Searcher, Searcher]:
    """The library by its own model, and by the other."""
    assert library.vectors is not None
    other = MemoryCollection(OTHER, PICTURES)
    points = library.vectors.scroll(after=None, limit=1000, folders=None)
    other.upsert([Point(point.id, translated(point.vector), point.payload) for point in points])
    now = Side(library.words, library.vectors, library.model)
    then = Side(library.words, other, OtherModel())
    return Searcher(library.engine, now, ImageLimits()), Searcher(library.engine, then, ImageLimits())


def test_a_comparison_shows_which_searches_change(library: ConceptLibrary) -> None:
    for concept in ("cat", "dog", "sea"):
        for _ in range(12):
            library.add(concept)
    found = compare(["sea", "cat"], *sides(library), limit=10)
    worst, best = found.changes
    assert (worst.text, worst.overlap) == ("cat", 0.0)
    assert best.text == "sea"
    assert best.overlap > 0.6
    assert found.overlap == pytest.approx((worst.overlap + best.overlap) / 2)
    assert all(standing.other is not None and standing.other > 10 for standing in worst.now)


def test_a_search_that_cannot_be_compared_says_why_and_the_others_are(library: ConceptLibrary) -> None:
    library.add("sea")
    found = compare(["rating:none-such", "sea", "type:jpeg"], *sides(library))
    assert [bool(change.error) for change in found.changes] == [False, True, True]
    assert found.overlap == 1.0
    assert "names nothing that a model compares" in " ".join(change.error for change in found.changes)


def test_a_model_is_never_asked_about_the_vectors_of_another(library: ConceptLibrary) -> None:
    with pytest.raises(
        ModelUnusable, match=r"holds embeddings of concepts@1\+none, and other@1\+none answers"
    ):
        Side(library.words, MemoryCollection(CONCEPTS, PICTURES), OtherModel())


def test_ranks_say_from_where_to_where_a_hit_moved() -> None:
    found = changed("x", [1, 2, 3, 4], [3, 1, 5, 2], limit=3)
    assert [(hit.asset, hit.rank, hit.other) for hit in found.now] == [(1, 1, 2), (2, 2, 4), (3, 3, 1)]
    assert [(hit.asset, hit.rank, hit.other) for hit in found.then] == [(3, 1, 3), (1, 2, 1), (5, 3, None)]
    assert found.overlap == pytest.approx(2 / 3)
    assert found.moved == pytest.approx(1.5)


@given(RANKINGS, RANKINGS)
def test_agreement_lies_between_nothing_in_common_and_the_same_order(one: list[int], two: list[int]) -> None:
    agreement = rank_biased_overlap(one, two)
    assert -1e-9 <= agreement <= 1 + 1e-9
    assert agreement == pytest.approx(rank_biased_overlap(two, one))
    assert rank_biased_overlap(one, one) == pytest.approx(1.0)
    if not set(one) & set(two) and (one or two):
        assert agreement == 0
