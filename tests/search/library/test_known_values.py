"""Values that the library holds, for those who type them: the most frequent first, of the folders seen."""

from tests.search.concepts import ConceptLibrary

from pinakes.search.language import parsed
from pinakes.search.library.known_values import KnownValues


def test_values_begin_with_what_was_typed_and_the_most_frequent_come_first(library: ConceptLibrary) -> None:
    library.add("a", camera="canon eos 5d", tags=("sea", "summer"))
    library.add("a", camera="canon eos r", tags=("summer",))
    library.add("a", camera="canon eos r", tags=())
    known = KnownValues(library.engine, library.words, None)
    assert known("camera", "can") == ["canon eos r", "canon eos 5d"]
    assert known("camera", "EOS") == ["canon eos r", "canon eos 5d"]
    assert known("tag", "s") == ["summer", "sea"]
    assert known("nothing", "s") == []


def test_directories_are_values_too(library: ConceptLibrary) -> None:
    library.add("a", path="/photos/holiday/2019/a.jpg")
    assert KnownValues(library.engine, library.words, None)("folder", "hol") == ["holiday"]


def test_others_folders_give_no_values(library: ConceptLibrary) -> None:
    library.add("a", path="/photos/mine/a.jpg", camera="mine")
    library.add("a", path="/photos/theirs/a.jpg", camera="theirs")
    known = KnownValues(library.engine, library.words, frozenset({1}))
    assert known("camera", "") == ["mine"]
    assert known("folder", "th") == []


def test_a_camera_is_found_by_a_part_of_its_name(library: ConceptLibrary) -> None:
    wanted = library.add("a", camera="canon eos r")
    library.add("a", camera="nikon")
    question = parsed("camera:eos", values=KnownValues(library.engine, library.words, None))
    answer = library.searcher().search(question, limit=5)
    assert [hit.asset for hit in answer.hits] == [wanted]
