"""Samples of a library and the widths that are measured of them, kept and measured anew."""

import numpy as np
import pytest
from tests.search.concepts import CONCEPTS, ConceptLibrary, concept, unit

from pinakes.core.errors import ServiceUnavailable
from pinakes.search.answering.backgrounds import PLAIN_WORDS, Backgrounds
from pinakes.search.question import Question, Term
from pinakes.vectors.memory import MemoryCollection
from pinakes.vectors.points import Point, point_id

#: Pictures of three kinds: one in forty, one in eight, and the rest of random concepts.
KINDS = {"cat": 25, "beach": 125}


def fill(collection: MemoryCollection, pictures: int) -> None:
    """Pictures of kinds, then of what no word names; asset n is of the kind that its place says."""
    random = np.random.default_rng(3)
    shown = [concept(kind) for kind, count in KINDS.items() for _ in range(count)]
    shown += [unit(random.normal(size=CONCEPTS.dimensions)) for _ in range(pictures - len(shown))]
    noise = [unit(random.normal(size=CONCEPTS.dimensions)) for _ in shown]
    collection.upsert(
        [
            Point(
                point_id(f"{asset:064x}", asset),
                unit(vector + 0.7 * noise[asset]),
                {"folder": asset % 2, "asset": asset, "sha256": f"{asset:064x}"},
            )
            for asset, vector in enumerate(shown)
        ]
    )


@pytest.fixture
def filled(library: ConceptLibrary) -> ConceptLibrary:
    assert library.vectors is not None
    fill(library.vectors, 1000)
    return library


@pytest.mark.parametrize("kind", KINDS)
def test_the_line_lies_where_a_kind_of_the_library_ends(filled: ConceptLibrary, kind: str) -> None:
    first = 0 if kind == "cat" else KINDS["cat"]
    answer = filled.searcher().search(Question((Term(words=kind),)), limit=300)
    assert answer.line is not None
    assert answer.line.relevant is not None
    above = [hit.asset for hit in answer.hits if hit.relevant]
    assert len(above) == answer.line.relevant
    right = set(range(first, first + KINDS[kind]))
    assert len(right & set(above)) > 0.9 * len(right)
    assert len(right & set(above)) > 0.75 * len(above)
    assert answer.hits[0].why.likeness is not None
    assert answer.hits[0].why.likeness.standing is not None
    assert answer.hits[0].why.likeness.standing > 0.95


def test_where_a_library_has_nothing_of_the_kind_that_is_said(filled: ConceptLibrary) -> None:
    answer = filled.searcher().search(Question((Term(words="spaceship"),)), limit=10)
    assert answer.line is not None
    assert answer.line.relevant is not None
    assert answer.line.relevant <= 2
    assert answer.hits[-1].relevant is False


def test_in_a_small_library_no_line_is_drawn_and_no_hit_judged(library: ConceptLibrary) -> None:
    for _ in range(20):
        library.add("cat")
    answer = library.searcher().search(Question((Term(words="cat"),)), limit=10)
    assert answer.line is not None
    assert answer.line.relevant is None
    assert "too few" in answer.line.why
    assert {hit.relevant for hit in answer.hits} == {None}


def test_a_sample_is_of_the_folders_that_ask_and_the_same_each_time(filled: ConceptLibrary) -> None:
    assert filled.vectors is not None
    backgrounds = Backgrounds(filled.engine)
    all_of_it = backgrounds.sample(filled.vectors, None, 1000)
    assert all_of_it.shape == (1000, CONCEPTS.dimensions)
    assert backgrounds.sample(filled.vectors, frozenset({1}), 500).shape[0] == 500
    assert backgrounds.sample(filled.vectors, None, 1000) is all_of_it


def test_a_sample_is_taken_anew_when_the_library_has_grown(filled: ConceptLibrary) -> None:
    assert filled.vectors is not None
    backgrounds = Backgrounds(filled.engine)
    before = backgrounds.sample(filled.vectors, None, 1000)
    fill(filled.vectors, 1500)
    assert backgrounds.sample(filled.vectors, None, 1050) is before
    assert len(backgrounds.sample(filled.vectors, None, 1500)) == 1500


def test_widths_are_measured_once_for_words_and_once_for_pictures(filled: ConceptLibrary) -> None:
    assert filled.vectors is not None
    rows = Backgrounds(filled.engine).sample(filled.vectors, None, 1000)
    for _ in range(2):
        width = Backgrounds(filled.engine).width(filled.vectors, rows, filled.model.embed_texts)
        assert 1 <= width < 1.5
    assert filled.model.asked == len(PLAIN_WORDS)
    assert 1 <= Backgrounds(filled.engine).width(filled.vectors, rows, None) < 1.5


def test_a_model_that_goes_away_leaves_the_width_unmeasured(filled: ConceptLibrary) -> None:
    assert filled.vectors is not None
    backgrounds = Backgrounds(filled.engine)
    rows = backgrounds.sample(filled.vectors, None, 1000)

    def away(_: object) -> list[np.ndarray]:
        raise ServiceUnavailable("away")

    assert backgrounds.width(filled.vectors, rows, away) == 1
    assert filled.model.asked == 0
    backgrounds.width(filled.vectors, rows, filled.model.embed_texts)
    assert filled.model.asked > 0
