"""A question as text and back: the address of a page of results is the search."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.core.errors import InvalidRequest
from pinakes.core.filters import And, Filter, Known, Match, Not, Or, Range
from pinakes.search.language import parsed, written
from pinakes.search.question import Picture, Question, Region, Term
from pinakes.vectors.memory import holds


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("sunset  tag:Family beach -people", "sunset beach -people tag:family"),
        ("(red car)^2 +dog", "(red car)^2 +dog"),
        ('-"red car"^3', '-"red car"^3'),
        ("tag:a or tag:b -tag:c", "(tag:a or tag:b) -tag:c"),
        ('tag:"a, b",c', 'tag:"a, b",c'),
        ("date:2019", "date:2019"),
        ("date:2019-06..2019-08", "date:2019-06..2019-08"),
        ("date:2019-06-30..2019-07-01", "date:2019-06-30..2019-07-01"),
        ("date:>=2019-06", "date:>=@1559347200"),
        ("rating:>=4 width:1..2 size:>2MP", "rating:>=4 width:1..2 pixels:>2000000"),
        ("like:asset:7@0.1,0.2,0.5,0.5^2", "like:asset:7@0.1,0.2,0.5,0.5^2"),
        ("folder:a/b in:'c", 'folder:a/b folder:"\'c"'),
        ("\\not \\-x a\\:b c\\^2", "\\not \\-x a\\:b c\\^2"),
        ("cats or dogs", "cats \\or dogs"),
        ("", ""),
    ],
)
def test_a_search_is_written_as_it_would_be_typed(typed: str, expected: str) -> None:
    assert written(parsed(typed)) == expected
    assert parsed(expected) == parsed(typed)


def test_a_picture_from_elsewhere_cannot_be_written() -> None:
    with pytest.raises(InvalidRequest, match="not of the library"):
        written(Question((Term(picture=Picture(encoded=b"x")),)))


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
    lambda text: text.strip() != ""
)
PHRASES = TEXTS.map(lambda text: " ".join(text.split())).filter(bool)
WEIGHTS = st.sampled_from([1.0, 2.0, 0.001, 0.25, 100.0, 33.3])
SIGNED = st.builds(lambda weight, sign: weight * sign, WEIGHTS, st.sampled_from([1, -1]))
REGIONS = st.sampled_from([None, Region(0.1, 0.2, 0.30000000000000004, 0.5), Region(0, 0, 1, 1)])
PICTURES = st.one_of(
    st.builds(Picture, asset=st.integers(0, 2**53), region=REGIONS),
    st.builds(Picture, sha256=st.sampled_from(["ab" * 32, "0" * 64]), region=REGIONS),
)
TERMS = st.one_of(
    st.builds(Term, SIGNED, PHRASES),
    st.builds(Term, SIGNED, PHRASES, literal=st.just(True)),
    st.builds(Term, SIGNED, picture=PICTURES),
)
WORDS = TEXTS.map(lambda text: text.strip().lower()).filter(lambda text: text == text.lower().strip() != "")
NUMBERS = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
KINDS = {
    "camera": "text",
    "tags": "text",
    "place": "text",
    "rating": "whole",
    "taken_at": "number",
    "width": "whole",
}
RANGES = st.one_of(
    st.builds(
        Range, st.sampled_from(["rating", "taken_at", "latitude", "pixels", "bytes"]), **{bound: NUMBERS}
    )
    for bound in ("gte", "gt", "lte", "lt")
)
LEAVES = st.one_of(
    st.builds(
        Match,
        st.sampled_from(["camera", "tags", "place", "lens"]),
        st.lists(WORDS, min_size=1, max_size=3, unique=True).map(tuple),
    ),
    st.builds(
        Match,
        st.sampled_from(["rating", "asset", "owner"]),
        st.lists(st.integers(-9, 2**53), min_size=1, max_size=2, unique=True).map(tuple),
    ),
    RANGES,
    st.builds(Known, st.sampled_from(["latitude", "tags", "taken_at", "shape"])),
)
FILTERS: st.SearchStrategy[Filter] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(
    terms=st.lists(TERMS, max_size=3),
    where=st.one_of(st.none(), FILTERS),
    below=st.lists(TEXTS, max_size=2, unique=True),
)
def test_what_is_written_asks_the_same(terms: list[Term], where: Filter | None, below: list[str]) -> None:
    question = Question(tuple(terms), where, tuple(below))
    again = parsed(written(question))
    assert sorted(again.terms, key=repr) == sorted(question.terms, key=repr)
    assert (again.where, again.below) == (question.where, question.below)


PAYLOADS = st.fixed_dictionaries(
    {"folder": st.just(1)},
    optional={
        "rating": st.integers(0, 5),
        "taken_at": st.one_of(
            st.floats(-1e9, 2e9), st.integers(-20000, 20000).map(lambda days: days * 86400.0)
        ),
        "pixels": st.integers(0, 10**8),
    },
)


@given(
    low=st.integers(0, 5),
    high=st.integers(0, 5),
    first=st.integers(-20000, 20000),
    days=st.integers(1, 4000),
    payload=PAYLOADS,
)
def test_ranges_of_any_ends_hold_for_the_same_pictures(
    low: int, high: int, first: int, days: int, payload: dict[str, Any]
) -> None:
    for where in (
        Range("rating", gt=low, lt=high),
        Range("rating", gte=low, lt=high, gt=low - 1),
        Range("taken_at", gte=first * 86400.0, lt=(first + days) * 86400.0),
        Range("taken_at", gte=first * 86400.5, lt=(first + days) * 86400.5),
        Range("taken_at", gt=first * 86400.0, lte=(first + days) * 86400.0),
    ):
        again = parsed(written(Question(where=where))).where
        assert again is not None and holds(again, payload) == holds(where, payload)


@given(st.text(alphabet=st.sampled_from(list(' ()"-+^:,.\\=<>ta2019orndb')), max_size=30))
def test_writing_what_was_typed_and_reading_it_again_changes_nothing(text: str) -> None:
    try:
        question = parsed(text)
    except InvalidRequest:
        return
    again = parsed(written(question))
    assert written(again) == written(question)
    assert sorted(again.terms, key=repr) == sorted(question.terms, key=repr)
