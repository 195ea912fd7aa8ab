"""Searches over a library of concepts: what is found, in what order, why, and what is said beside it."""

import pytest
from tests.search.concepts import ConceptLibrary

from pinakes.core.errors import ImageRefused, InvalidRequest, NotFound, ServiceUnavailable, TooLarge
from pinakes.core.filters import Match, Range
from pinakes.search.answer import Answer, By
from pinakes.search.question import Picture, Question, Term
from pinakes.words.base import WordField


def found(answer: Answer) -> list[int]:
    return [hit.asset for hit in answer.hits]


def question(*terms: str | Term, **rest: object) -> Question:
    made = tuple(term if isinstance(term, Term) else Term(words=term) for term in terms)
    return Question(made, **rest)  # type: ignore[arg-type]


def minus(words: str, weight: float = -1.0) -> Term:
    return Term(weight, words)


def test_words_find_pictures_that_show_them(library: ConceptLibrary) -> None:
    beach, _, both = library.add("beach"), library.add("forest"), library.add("beach sunset")
    answer = library.searcher().search(question("beach sunset"), limit=2)
    assert found(answer) == [both, beach]
    assert answer.hits[0].why.likeness is not None
    assert answer.terms == ("beach sunset",)
    assert answer.model == library.model.identity.key


def test_words_find_pictures_whose_words_hold_them_and_say_where(library: ConceptLibrary) -> None:
    library.add("forest")
    named = library.add("forest", words={WordField.NAME: "our beach day", WordField.TAGS: "family"})
    answer = library.searcher().search(question("beach"), limit=5, by=By.WORDS)
    assert found(answer) == [named]
    why = answer.hits[0].why.found
    assert why is not None
    assert why.fields == (WordField.NAME,)
    assert [why.excerpt[start:end] for start, end in why.marks] == ["beach"]


def test_what_both_rankings_hold_is_before_what_one_of_them_holds(library: ConceptLibrary) -> None:
    said = library.add("forest", words={WordField.CAPTION: "the beach, the beach"})
    shown = library.add("beach", noise=0.1)
    both = library.add("beach", noise=0.5, words={WordField.CAPTION: "a beach"})
    for _ in range(5):
        library.add("beach forest")
    answer = library.searcher().search(question("beach"), limit=8)
    assert found(answer)[0] == both
    assert {shown, said} < set(found(answer))


def test_minus_and_weights_add_up_to_the_score_each_term_with_its_share(library: ConceptLibrary) -> None:
    library.add("cat night"), library.add("cat day"), library.add("dog day")
    asked = question("cat", minus("night", -0.5), Term(2.0, "day"))
    answer = library.searcher().search(asked, limit=3, by=By.MEANING)
    for hit in answer.hits:
        likeness = hit.why.likeness
        assert likeness is not None
        assert sum(likeness.by_term) == pytest.approx(likeness.score, abs=1e-5)
        assert len(likeness.by_term) == len(answer.terms) == 3
    assert found(answer)[0] == 2


def test_what_is_minus_may_not_stand_in_the_words_either(library: ConceptLibrary) -> None:
    library.add("beach", words={WordField.CAPTION: "people at a beach"})
    empty = library.add("beach", words={WordField.CAPTION: "an empty beach"})
    answer = library.searcher().search(question("beach", minus("people")), limit=5)
    assert found(answer) == [empty]


def test_a_lighter_minus_only_ranks(library: ConceptLibrary) -> None:
    said = library.add("beach", words={WordField.CAPTION: "people at a beach"})
    answer = library.searcher().search(question("beach", minus("people", -0.5)), limit=5)
    assert found(answer) == [said]


def test_the_last_word_may_still_be_being_typed(library: ConceptLibrary) -> None:
    named = library.add("forest", words={WordField.NAME: "red harbour"})
    searcher = library.searcher()
    assert found(searcher.search(question("red harb"), limit=5, by=By.WORDS)) == [named]
    answer = searcher.search(question("harb red"), limit=5, by=By.WORDS)
    assert found(answer) == [named]
    assert [note.code for note in answer.notes] == ["some-words"]


def test_a_paragraph_is_compared_although_nothing_holds_all_its_words(library: ConceptLibrary) -> None:
    shown = library.add("beach")
    library.add("forest")
    answer = library.searcher().search(question("beach " * 200), limit=1)
    assert found(answer) == [shown]


def test_conditions_on_words_that_too_many_pictures_hold_are_said(
    library: ConceptLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pinakes.search.searcher.MOST_VALUES", 2)
    for _ in range(3):
        library.add("beach", words={WordField.TEXT: "a long beach"})
    answer = library.searcher().search(question("beach", Term(words="long beach", literal=True)), limit=5)
    assert [note.code for note in answer.notes] == ["too-many"]


def test_only_minus_lists_what_does_not_hold_it_where_no_model_is_asked(library: ConceptLibrary) -> None:
    library.add("beach", words={WordField.TAGS: "people"})
    old, new = library.add("beach", taken_at=1.0), library.add("beach", taken_at=2.0)
    answer = library.searcher().search(question(minus("people")), limit=5, by=By.WORDS)
    assert found(answer) == [new, old]


def test_a_phrase_must_stand_as_it_is_also_in_what_the_model_finds(library: ConceptLibrary) -> None:
    library.add("beach")
    there = library.add("beach", words={WordField.TEXT: "welcome to the beach"})
    answer = library.searcher().search(question("beach", Term(words="to the beach", literal=True)), limit=5)
    assert found(answer) == [there]


def test_a_phrase_that_stands_nowhere_finds_nothing(library: ConceptLibrary) -> None:
    library.add("beach")
    answer = library.searcher().search(question("beach", Term(words="no such", literal=True)), limit=5)
    assert found(answer) == []
    assert answer.total == 0


def test_where_no_picture_holds_all_words_those_with_the_rarest_come_first(library: ConceptLibrary) -> None:
    for place in range(5):
        library.add("forest", words={WordField.TAGS: f"the forest {place}"})
    rare = library.add("forest", words={WordField.TAGS: "anna"})
    answer = library.searcher().search(question("the birthday of anna"), limit=3, by=By.WORDS)
    assert found(answer)[0] == rare
    assert [note.code for note in answer.notes] == ["some-words"]
    assert answer.hits[0].why.found is not None
    assert not answer.hits[0].why.found.whole


def test_pictures_of_the_library_are_looked_like_but_for_themselves(library: ConceptLibrary) -> None:
    asked, like, _ = library.add("cat"), library.add("cat"), library.add("dog")
    library.model.away = True  # its vector is kept
    answer = library.searcher().search(question(Term(picture=Picture(asset=asked))), limit=1)
    assert found(answer) == [like]
    assert answer.terms == (f"asset {asked}",)


def test_copies_of_a_picture_are_like_it_but_no_copy_of_a_content_is(library: ConceptLibrary) -> None:
    one, two = (library.add("cat", content=b"cat", path=f"/photos/{name}.jpg", noise=0) for name in "ab")
    other = library.add("dog")
    searcher = library.searcher()
    by_asset = searcher.search(question(Term(picture=Picture(asset=one))), limit=1)
    assert found(by_asset) == [two]
    digest = str(by_asset.hits[0].payload["sha256"])
    by_content = searcher.search(question(Term(picture=Picture(sha256=digest))), limit=5)
    assert found(by_content) == [other]


def test_given_pictures_and_words_go_together(library: ConceptLibrary) -> None:
    library.add("cat"), library.add("night")
    both = library.add("cat night")
    asked = question(Term(picture=Picture(encoded=b"cat")), "night")
    assert found(library.searcher().search(asked, limit=1)) == [both]


def test_a_picture_that_does_not_decode_is_refused_with_its_reason(library: ConceptLibrary) -> None:
    library.add("cat")
    with pytest.raises(ImageRefused, match="decoded") as refused:
        library.searcher().search(question(Term(picture=Picture(encoded=b"\0"))), limit=1)
    assert refused.value.reason == "damaged"


def test_conditions_are_part_of_both_rankings_and_of_why(library: ConceptLibrary) -> None:
    library.add("beach", words={WordField.TAGS: "beach"}, rating=2)
    rated = library.add("beach", tags=("sea", "family"), rating=5)
    where = Range("rating", gte=4)
    answer = library.searcher().search(question("beach", where=where), limit=5)
    assert found(answer) == [rated]
    assert [(each.field, each.value) for each in answer.hits[0].why.conditions] == [("rating", 5)]
    tagged = library.searcher().search(question("beach", where=Match("tags", ("sea",))), limit=5)
    assert [(each.field, each.value) for each in tagged.hits[0].why.conditions] == [("tags", ("sea",))]


def test_no_terms_list_the_newest_first_and_count_them_all(library: ConceptLibrary) -> None:
    for moment in range(5):
        library.add("beach", taken_at=float(moment))
    answer = library.searcher().search(question(), limit=2, offset=1)
    assert found(answer) == [4, 3]
    assert answer.total == 5


def test_pages_never_overlap_and_ties_go_by_asset(library: ConceptLibrary) -> None:
    for place in range(12):
        library.add("beach", noise=0, path=f"/photos/same-{place}.jpg")
    searcher = library.searcher()
    pages = [searcher.search(question("beach"), limit=5, offset=offset) for offset in (0, 5, 10)]
    assert [hit.asset for page in pages for hit in page.hits] == list(range(1, 13))


def test_others_folders_do_not_exist(library: ConceptLibrary) -> None:
    mine = library.add("beach", path="/photos/mine/a.jpg", words={WordField.TAGS: "beach"})
    theirs = library.add("beach", path="/photos/theirs/b.jpg", words={WordField.TAGS: "beach"})
    searcher = library.searcher()
    answer = searcher.search(question("beach"), limit=5, folders=frozenset({1}))
    assert found(answer) == [mine]
    with pytest.raises(NotFound, match="asset"):
        searcher.search(question(Term(picture=Picture(asset=theirs))), limit=5, folders=frozenset({1}))
    assert found(searcher.search(question("beach"), limit=5, folders=frozenset())) == []


@pytest.mark.parametrize("below", ["/photos/holiday", "holiday/2019", "HOLIDAY", "2019"])
def test_directories_are_named_whole_or_by_a_part(library: ConceptLibrary, below: str) -> None:
    inside = library.add("beach", path="/photos/holiday/2019/a.jpg")
    library.add("beach", path="/photos/other/b.jpg")
    library.add("beach", path="/photos/holidays/c.jpg")
    assert found(library.searcher().search(question("beach", below=(below,)), limit=5)) == [inside]


def test_a_directory_that_is_none_is_said(library: ConceptLibrary) -> None:
    library.add("beach")
    answer = library.searcher().search(question("beach", below=("nowhere",)), limit=5)
    assert found(answer) == []
    assert [note.code for note in answer.notes] == ["folder-unknown"]


def test_words_answer_while_the_model_is_away_and_that_is_said(library: ConceptLibrary) -> None:
    named = library.add("forest", words={WordField.NAME: "beach"})
    library.add("beach")
    library.model.away = True
    answer = library.searcher().search(question("beach"), limit=5)
    assert found(answer) == [named]
    assert [note.code for note in answer.notes] == ["model-away"]
    assert "Start one." in answer.notes[0].remedy


@pytest.mark.parametrize("at", ["opening", "asking"])
def test_words_answer_while_the_vectors_are_away_and_that_is_said(library: ConceptLibrary, at: str) -> None:
    named = library.add("forest", words={WordField.NAME: "beach"})
    library.add("beach")

    def away(*_: object, **__: object) -> None:
        raise ServiceUnavailable("No Qdrant answers.", remedy="Start it.")

    if at == "opening":
        library.collection = away  # type: ignore[method-assign, assignment]
    else:
        library.vectors.query = away  # type: ignore[union-attr, method-assign, assignment]
    searcher = library.searcher()
    answer = searcher.search(question("beach"), limit=5)
    assert found(answer) == [named]
    assert [(note.code, note.remedy) for note in answer.notes] == [("vectors-away", "Start it.")]
    with pytest.raises(ServiceUnavailable):
        searcher.search(question(Term(picture=Picture(encoded=b"cat"))), limit=5)


def test_a_given_picture_alone_cannot_be_answered_while_the_model_is_away(library: ConceptLibrary) -> None:
    library.add("cat")
    library.model.away = True
    with pytest.raises(ServiceUnavailable):
        library.searcher().search(question(Term(picture=Picture(encoded=b"cat"))), limit=5)


def test_vectors_of_another_model_are_never_compared(library: ConceptLibrary) -> None:
    from dataclasses import replace

    named = library.add("beach", words={WordField.NAME: "beach"})
    library.add("beach")
    library.model.identity = replace(library.model.identity, revision="2")
    answer = library.searcher().search(question("beach"), limit=5)
    assert found(answer) == [named]
    assert "concepts@2" in answer.notes[0].text


def test_before_anything_is_embedded_words_answer_and_pictures_are_refused(library: ConceptLibrary) -> None:
    library.vectors = None
    named = library.add("beach", words={WordField.NAME: "beach"})
    answer = library.searcher().search(question("beach"), limit=5)
    assert found(answer) == [named]
    assert [note.code for note in answer.notes] == ["nothing-embedded"]
    with pytest.raises(InvalidRequest, match="embedded"):
        library.searcher().search(question(Term(picture=Picture(asset=named))), limit=5)


def test_the_same_words_are_embedded_once(library: ConceptLibrary) -> None:
    library.add("beach")
    searcher = library.searcher()
    for _ in range(3):
        searcher.search(question("beach"), limit=5)
    assert library.model.asked == 1


@pytest.mark.parametrize("bounds", [{"limit": 0}, {"limit": 1001}, {"limit": 1, "offset": -1}])
def test_pages_have_bounds(library: ConceptLibrary, bounds: dict[str, int]) -> None:
    with pytest.raises(InvalidRequest, match="page"):
        library.searcher().search(question("beach"), **bounds)


def test_questions_have_bounds(library: ConceptLibrary) -> None:
    searcher = library.searcher()
    with pytest.raises(TooLarge):
        searcher.search(question("word " * 200_000), limit=5)
    with pytest.raises(TooLarge):
        searcher.search(question(*["beach"] * 100), limit=5)
    with pytest.raises(InvalidRequest, match="weight"):
        searcher.search(question(Term(float("nan"), "beach")), limit=5)
    with pytest.raises(InvalidRequest, match="nonsense"):
        searcher.search(question("beach", where=Match("nonsense", ("x",))), limit=5)
