"""Whatever is asked, in whatever way: what lies in others' folders is never found, named or told of."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.search.concepts import ConceptLibrary

from pinakes.core.filters import Filter, Match, Not, Range
from pinakes.search.answer import By
from pinakes.search.question import Picture, Question, Term
from pinakes.search.searcher import Searcher
from pinakes.words.base import WordField

WORDS = ("beach", "forest", "cat", "night")

#: Folders of the library, by number; its pictures go round them.
FOLDERS = (1, 2, 3, 4, 5)

PICTURES = 60


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConceptLibrary]:
    library = ConceptLibrary(tmp_path_factory.mktemp("permission") / "state")
    for place in range(PICTURES):
        word, other = WORDS[place % 4], WORDS[place % 3]
        library.add(
            word,
            path=f"/photos/{place % 5}/{place}.jpg",
            words={WordField.CAPTION: f"{other} {place}", WordField.TAGS: word},
            tags=(word,),
            rating=place % 6,
        )
    yield library
    library.close()


@pytest.fixture(scope="module")
def searcher(full: ConceptLibrary) -> Searcher:
    return full.searcher()


words = st.sampled_from(WORDS)
terms = st.one_of(
    st.builds(Term, st.sampled_from((1.0, 2.0, -1.0, -0.5)), words, literal=st.booleans()),
    st.builds(lambda word: Term(picture=Picture(encoded=word.encode())), words),
)
conditions: st.SearchStrategy[Filter] = st.one_of(
    st.builds(lambda word: Match("tags", (word,)), words),
    st.builds(lambda word: Not(Match("tags", (word,))), words),
    st.builds(lambda least: Range("rating", gte=least), st.integers(0, 5)),
)
questions = st.builds(Question, st.lists(terms, max_size=3).map(tuple), st.none() | conditions)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(questions, st.frozensets(st.sampled_from(FOLDERS)), st.sampled_from(By))
def test_no_hit_lies_outside_of_the_folders_that_ask(
    searcher: Searcher, question: Question, folders: frozenset[int], by: By
) -> None:
    try:
        answer = searcher.search(question, limit=PICTURES, folders=folders, by=by)
    except Exception as error:
        assert "cancel" in str(error)
        return
    assert {hit.payload["folder"] for hit in answer.hits} <= folders
    assert len({hit.asset for hit in answer.hits}) == len(answer.hits)
    assert answer.total is None or answer.total <= sum(place % 5 + 1 in folders for place in range(PICTURES))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(questions, st.sampled_from(By), st.integers(1, 25))
def test_pages_put_together_are_the_whole_answer(
    searcher: Searcher, question: Question, by: By, limit: int
) -> None:
    try:
        whole = [hit.asset for hit in searcher.search(question, limit=PICTURES, by=by).hits]
    except Exception as error:
        assert "cancel" in str(error)
        return
    paged = [
        hit.asset
        for offset in range(0, PICTURES, limit)
        for hit in searcher.search(question, limit=limit, offset=offset, by=by).hits
    ]
    assert paged == whole
