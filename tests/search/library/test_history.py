"""Past searches: kept as the lines that ask them, once each, as many as are wanted, and none with files."""

from tests.search.concepts import ConceptLibrary

from pinakes.search.language import parsed
from pinakes.search.library.history import remember, remembered
from pinakes.search.question import Picture, Question, Term


def test_the_newest_are_kept_once_each(library: ConceptLibrary) -> None:
    for line in ("one", "two", "three -four", "two"):
        remember(library.engine, parsed(line), keep=2)
    assert remembered(library.engine, 10) == ["two", "three -four"]


def test_what_is_kept_asks_the_same_again(library: ConceptLibrary) -> None:
    question = parsed('sunset -people "exact words" folder:holiday rating:>=4')
    remember(library.engine, question, keep=10)
    assert parsed(remembered(library.engine, 1)[0]) == question


def test_lists_and_given_pictures_are_not_kept_and_nothing_is_where_none_is_wanted(
    library: ConceptLibrary,
) -> None:
    remember(library.engine, parsed("rating:5"), keep=10)
    remember(library.engine, Question((Term(picture=Picture(encoded=b"cat")),)), keep=10)
    remember(library.engine, parsed("cat"), keep=0)
    assert remembered(library.engine, 10) == []
