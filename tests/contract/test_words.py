"""What every index of words promises, run over every driver."""

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.vectors.stores import Postgres, quick_directory, running_postgres
from tests.waiting import PATIENCE
from tests.words.indexes import DRIVERS, document, emptied, opener

from pinakes.core.bounds import MOST_HITS
from pinakes.core.errors import InvalidRequest, PinakesError, TooLarge
from pinakes.core.filters import And, Filter, Known, Match, Not, Or, Range
from pinakes.core.payload import Folders
from pinakes.vectors.memory import holds
from pinakes.words.base import Document, WordField, WordIndex
from pinakes.words.bounds import MOST_DOCUMENTS
from pinakes.words.folding import cleaned, words_of

#: Assets that tests use, all forgotten before each of them.
ASSETS = range(500)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Callable[[], Postgres]]:
    """Starts a PostgreSQL when it is first asked for."""
    running = None

    @cache
    def start() -> Postgres:
        nonlocal running
        running = running_postgres()
        return emptied(running.__enter__())

    yield start
    if running is not None:
        running.__exit__(None, None, None)


@pytest.fixture(scope="module", params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def opened(driver: str, postgres: Callable[[], Postgres]) -> Iterator[WordIndex]:
    with quick_directory() as directory:
        made = opener(driver, directory, postgres)
        yield made
        made.close()


@pytest.fixture
def index(opened: WordIndex) -> WordIndex:
    opened.delete(ASSETS)
    return opened


def found(index: WordIndex, *words: str, **asked: Any) -> list[int]:
    hits = index.query(words, **{"limit": 100, "folders": None} | asked)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert index.holding(words, **{"limit": 100, "folders": None} | asked) == [hit.asset for hit in hits]
    return [hit.asset for hit in hits]


def test_documents_are_found_by_any_of_their_words(index: WordIndex) -> None:
    index.upsert(
        [document(1, "A dog on the beach"), document(2, "A cat", NAME="beach.jpg"), document(3, "A car")]
    )
    assert set(found(index, "beach")) == {1, 2}
    assert found(index, "dog") == [1]
    assert found(index, "beach", "cat") == [2]
    assert found(index, "dog", "cat") == []
    assert found(index, "beach", without=["dog"]) == [2]
    assert found(index, "a", without=["dog", "cat"]) == [3]
    assert set(found(index, without=["dog"])) == {2, 3}


def test_a_hit_says_where_the_words_are(index: WordIndex) -> None:
    payload = {"taken_at": 5.5, "tags": ("sea", "two words"), "camera": "x100"}
    index.upsert([document(1, "Waves of the sea", NAME="IMG_7 sea.jpg", TAGS="sea\nsand", **payload)])
    (hit,) = index.query(["sea"], limit=5, folders=None)
    assert hit.payload == {"folder": 1, "asset": 1, **payload}
    assert hit.found_in == (WordField.TAGS, WordField.NAME, WordField.CAPTION)
    assert (hit.excerpt, hit.marks) == ("sea sand", ((0, 3),))
    (hit,) = index.query(["of the", "wav"], limit=5, folders=None)
    assert hit.found_in == (WordField.CAPTION,)
    assert [hit.excerpt[start:end] for start, end in hit.marks] == ["Waves", "of the"]


def test_words_of_better_fields_rank_higher(index: WordIndex) -> None:
    others = [document(n, "nothing of the kind") for n in range(10, 40)]
    index.upsert(
        [*others, document(1, PATH="holiday"), document(2, TAGS="holiday"), document(3, TEXT="holiday")]
    )
    assert found(index, "holiday") == [2, 3, 1]


def test_a_whole_word_ranks_above_a_longer_one(index: WordIndex) -> None:
    others = [document(n, "nothing of the kind") for n in range(10, 40)]
    index.upsert([*others, document(1, "car"), document(2, "carnival")])
    assert found(index, "car") == [1, 2]
    assert found(index, "carn") == [2]
    assert found(index, "arnival") == []
    assert found(index, "carnival", without=["car"]) == [2]
    assert found(index, whole=["car"]) == [1]
    assert found(index, "c", whole=["carnival"]) == [2]
    assert found(index, whole=["c"]) == found(index, whole=["!"]) == []


def test_phrases_stand_together_in_one_field(index: WordIndex) -> None:
    index.upsert([document(1, "red car"), document(2, "car red"), document(3, "a red", PLACE="car park")])
    assert found(index, "red car") == [1]
    assert set(found(index, "red", "car")) == {1, 2, 3}
    assert found(index, "car pa") == [3]
    assert found(index, "ca red") == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Łódź Café", "lodz cafe"),
        ("Lodz cafe", "ŁÓDŹ"),
        ("Straße", "STRASSE"),
        ("Ærø", "aero"),
        ("Cafe\u0301 de\u0301ja", "déjà"),
        ("海辺の家", "海"),
        ("夏の海辺", "海辺"),
        ("\u30cf\u309a\u30ea", "パリ"),
        ("ﾊﾟﾘ", "ハリ"),
        ("서울에서", "서울"),
        ("ที่บ้าน", "บ้าน"),
        ("हिन्दी", "हिन्"),
        ("дом у МОРЯ", "моря"),
        ("ΘΆΛΑΣΣΑ", "θαλασσα"),
        ("שָׁלוֹם", "שלום"),
        ("party 🎉 2019", "🎉"),
        ("IMG_20190612-beachDay.JPG", "2019"),
        ("IMG_20190612-beachDay.JPG", "img_2019"),
        ("DSC01234", "01234"),
        ("O'Brien & sons", "O’Brien"),
        ("100% wool", "100%"),
        ("ﬁsh ①", "fish 1"),
    ],
)
def test_words_are_found_as_people_type_them(index: WordIndex, text: str, asked: str) -> None:
    index.upsert([document(1, text), document(2, "something else")])
    (hit,) = index.query([asked], limit=5, folders=None)
    assert hit.asset == 1 and len(hit.marks) == 1
    assert hit.excerpt and hit.found_in == (WordField.CAPTION,)


@pytest.mark.parametrize(
    "asked",
    [
        *(
            '"',
            "''",
            "*",
            "^",
            "AND",
            "OR dog",
            "NOT dog",
            "NEAR(dog cat)",
            "caption:dog",
            "-dog",
            "(dog",
            "dog)",
        ),
        *(
            "dog' OR '1'='1",
            "'; drop table documents; --",
            "{caption}: dog",
            "dog & !cat",
            "dog:*A",
            "dog<->cat",
        ),
        *(
            "\\",
            "%",
            "_",
            "?",
            "dog\0cat",
            "\ud800dog",
            "\u202edog",
            " ",
            "",
            "\n\t",
            "' | 'dog",
            "$$",
            "::tsquery",
        ),
    ],
)
def test_what_engines_have_signs_for_is_text(index: WordIndex, asked: str) -> None:
    index.upsert([document(1, "a hound"), document(2, asked.replace("'", "’"))])
    hits = found(index, asked)
    assert hits in ([], [2])
    assert found(index, without=[asked]) in ([2, 1], [1])
    assert index.count(folders=None) == 2


def test_without_words_the_newest_come_first(index: WordIndex) -> None:
    index.upsert(
        [document(1, taken_at=5.0), document(2), document(3, taken_at=-7.0), document(4, taken_at=9.5)]
    )
    assert found(index) == [4, 1, 3, 2]
    assert found(index, limit=2) == [4, 1]
    hit = index.query([], limit=1, folders=None)[0]
    assert (hit.found_in, hit.excerpt, hit.marks) == ((), "", ())


def test_of_equal_hits_the_newer_comes_first_whatever_the_limit(index: WordIndex) -> None:
    index.upsert([document(n, "dog", taken_at=float(n * 7 % 10)) for n in range(10)])
    everything = found(index, "dog")
    assert everything == sorted(range(10), key=lambda n: -(n * 7 % 10))
    assert [found(index, "dog", limit=limit) for limit in (1, 4)] == [everything[:1], everything[:4]]


def test_words_that_are_none_find_nothing_and_harm_no_others(index: WordIndex) -> None:
    index.upsert([document(1, "dog")])
    assert found(index, "!!!") == found(index, "") == []
    assert found(index, "dog", "—", "") == [1]


def test_a_second_upsert_replaces_the_whole_document(index: WordIndex) -> None:
    index.upsert([document(1, "dog", camera="x")])
    index.upsert([document(1, TITLE="cat", lens="y")])
    index.upsert([document(1, TITLE="cat", lens="y")])
    assert found(index, "dog") == []
    (hit,) = index.query(["cat"], limit=5, folders=None)
    assert hit.payload == {"folder": 1, "asset": 1, "lens": "y"}
    assert index.count(folders=None) == 1
    index.upsert([document(1, "first"), document(1, "last")])
    assert found(index, "last") == [1] and found(index, "first") == []


def test_what_is_not_there_is_passed_over(index: WordIndex) -> None:
    index.upsert([document(1, "dog"), document(2, "cat")])
    index.upsert([])
    index.delete([])
    index.delete([1, 1, 77])
    assert found(index, "dog") == []
    assert found(index) == [2]


def test_a_question_sees_its_folders_and_nothing_else(index: WordIndex) -> None:
    index.upsert([document(n, "dog", folder=n % 4) for n in range(40)])
    many = frozenset(range(3, 20_000))
    for folders in (frozenset[int](), frozenset({1}), frozenset({0, 3}), frozenset({99}), many, None):
        seen = {n for n in range(40) if folders is None or n % 4 in folders}
        assert set(found(index, "dog", folders=folders)) == set(found(index, folders=folders)) == seen
        assert index.count(folders=folders) == len(seen)


def test_the_words_of_a_field_are_listed_by_how_many_hold_them(index: WordIndex) -> None:
    index.upsert([document(n, folder=n % 2, camera="x100", tags=["sea", f"t{n}"]) for n in range(4)])
    index.upsert([document(5, camera="a'b", tags=["sky"]), document(6)])
    assert index.values("camera", limit=10, folders=None) == ["x100", "a'b"]
    assert index.values("tags", limit=3, folders=frozenset({0})) == ["sea", "t0", "t2"]
    assert index.values("camera", limit=1, folders=frozenset()) == []
    for wrong in ("width", "colour"):
        with pytest.raises(InvalidRequest, match=wrong):
            index.values(wrong, limit=10, folders=None)


def test_folders_cannot_be_forgotten(index: WordIndex) -> None:
    for forgetful in (
        lambda: index.query(["dog"], limit=1),  # type: ignore[call-arg]
        lambda: index.holding(["dog"], limit=1),  # type: ignore[call-arg]
        lambda: index.count(),  # type: ignore[call-arg]
    ):
        with pytest.raises(TypeError, match="folders"):
            forgetful()
    for wrong in ({1}, [1], frozenset({"1"}), 1):
        with pytest.raises(InvalidRequest, match="frozenset"):
            index.count(folders=wrong)  # type: ignore[arg-type]


def test_nothing_is_without_bounds(index: WordIndex) -> None:
    for limit in (0, -1, MOST_HITS + 1):
        with pytest.raises(InvalidRequest, match=str(limit)):
            index.query([], limit=limit, folders=None)
    many = [document(1)] * (MOST_DOCUMENTS + 1)
    for ask in (
        lambda: index.query(["x" * 2**20], limit=1, folders=None),
        lambda: index.query(["dog"], limit=1, folders=None, without=["y" * 2**20]),
        lambda: index.query(["x"] * 1000, limit=1, folders=None),
        lambda: index.query(["a b " * 50], limit=1, folders=None),
        lambda: index.upsert(many),
        lambda: index.delete([1] * (MOST_DOCUMENTS + 1)),
        lambda: index.count(folders=frozenset(range(100_001))),
    ):
        with pytest.raises(TooLarge):
            ask()
    index.upsert([document(1, "long " * 100_000), document(2, "x" * 200_000 + " dog")])
    assert found(index, "long") == [1]
    assert found(index, "x" * 500) == [2]
    assert found(index, *["long"] * 256) == [1]
    assert found(index, " ".join(["long"] * 32)) == [1]
    assert found(index, *(f"long l{n}" for n in range(256))) == []
    assert found(index, "long", without=[f"short {n}" for n in range(256)]) == [1]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Document(1, {}, {}), "folder"),
        (Document(1, {}, {"folder": 1, "colour": "red"}), "colour"),
        (Document(-1, {}, {"folder": 1}), "asset"),
        (Document("1", {}, {"folder": 1}), "asset"),  # type: ignore[arg-type]
        (Document(1, {"nowhere": "dog"}, {"folder": 1}), "nowhere"),  # type: ignore[dict-item]
        (Document(1, {WordField.NAME: 5}, {"folder": 1}), "name"),  # type: ignore[dict-item]
    ],
)
def test_documents_that_make_no_sense_are_refused(index: WordIndex, wrong: Document, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        index.upsert([document(2, "dog"), wrong])
    assert index.count(folders=None) == 0


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Match("colour", ("red",)), "colour"),
        (Match("camera", ()), "from 1"),
        (Range("camera", gte=1), "no range"),
        (Range("folder", gte=1), "match it"),
        (And(()), "at least one"),
        (And((Known("camera"),) * 300), "256"),
        ("camera = 'X'", "made of"),
    ],
)
def test_filters_that_make_no_sense_are_refused(index: WordIndex, where: Any, said: str) -> None:
    for folders in (None, frozenset[int]()):
        with pytest.raises(InvalidRequest, match=said):
            index.query(["dog"], limit=1, folders=folders, where=where)
        with pytest.raises(InvalidRequest, match=said):
            index.count(folders=folders, where=where)


VOCABULARY = ("sea", "seaside", "red", "car", "辺", "7")
PHRASES = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=2).map(" ".join)
TEXTS = st.dictionaries(
    st.sampled_from([WordField.TAGS, WordField.CAPTION, WordField.PATH]),
    st.lists(st.sampled_from(VOCABULARY), max_size=4).map(" ".join),
)
WORDS = st.sampled_from(["a", "b", "ü%", "d e", "5"])
PAYLOADS = st.fixed_dictionaries(
    {"folder": st.integers(0, 3)},
    optional={
        "owner": st.integers(-2, 2),
        "camera": WORDS,
        "tags": st.lists(WORDS, max_size=3),
        "taken_at": st.integers(-3, 3).map(float),
    },
)
CONDITIONS: st.SearchStrategy[Filter] = st.recursive(
    st.one_of(
        st.builds(Match, st.sampled_from(["camera", "tags"]), st.lists(WORDS, min_size=1).map(tuple)),
        st.builds(Match, st.sampled_from(["owner", "folder"]), st.tuples(st.integers(-2, 3))),
        st.builds(Range, st.sampled_from(["owner", "taken_at"]), gte=st.integers(-3, 3).map(float)),
        st.builds(Range, st.just("taken_at"), gt=st.integers(-3, 0), lte=st.integers(0, 3)),
        st.builds(Known, st.sampled_from(["owner", "camera", "tags", "taken_at"])),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
QUESTIONS = st.tuples(
    st.lists(PHRASES, max_size=2),
    st.lists(PHRASES, max_size=1),
    st.lists(PHRASES, max_size=1),
    st.one_of(st.none(), st.frozensets(st.integers(0, 4))),
    st.one_of(st.none(), CONDITIONS),
)
ACTS = st.lists(
    st.one_of(
        st.lists(st.builds(Document, st.integers(0, 9), TEXTS, PAYLOADS), max_size=6),
        st.frozensets(st.integers(0, 9), max_size=3),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, questions=st.lists(QUESTIONS, min_size=1, max_size=6))
def test_an_index_answers_as_reading_every_document_would(
    index: WordIndex, acts: list[Any], questions: list[tuple[Any, ...]]
) -> None:
    index.delete(ASSETS)
    kept: dict[int, Document] = {}
    for act in acts:
        if isinstance(act, frozenset):
            index.delete(list(act))
            kept = {asset: each for asset, each in kept.items() if asset not in act}
        else:
            index.upsert(act)
            kept |= {each.asset: each for each in act}
    for words, whole, without, folders, where in questions:
        asked = {"folders": folders, "where": where}
        expected = {
            each.asset for each in kept.values() if matches(each, words, whole, without, folders, where)
        }
        hits = found(index, *words, whole=whole, without=without, **asked)
        assert set(hits) == expected and len(hits) == len(expected)
        assert index.count(**asked) == sum(
            matches(each, [], [], [], folders, where) for each in kept.values()
        )
        if not words and not whole:
            assert hits == sorted(hits, key=lambda asset: newest(kept[asset]), reverse=True)


def matches(
    kept: Document,
    words: Sequence[str],
    whole: Sequence[str],
    without: Sequence[str],
    folders: Folders,
    where: Filter | None,
) -> bool:
    payload = {
        name: tuple(value) if isinstance(value, list) else value for name, value in kept.payload.items()
    }
    payload = {name: value for name, value in payload.items() if value != ()}
    return (
        (folders is None or payload["folder"] in folders)
        and (where is None or holds(where, payload))
        and all(any(says(text, phrase, begun=True) for text in kept.words.values()) for phrase in words)
        and all(any(says(text, phrase, begun=False) for text in kept.words.values()) for phrase in whole)
        and not any(says(text, phrase, begun=False) for text in kept.words.values() for phrase in without)
    )


def says(text: str, phrase: str, *, begun: bool) -> bool:
    *first, last = phrase.split()
    listed = text.split()
    for place in range(len(listed) - len(first)):
        word = listed[place + len(first)]
        if listed[place : place + len(first)] == first and (
            word == last or (begun and word.startswith(last))
        ):
            return True
    return False


def newest(kept: Document) -> tuple[float, int]:
    return kept.payload.get("taken_at", float("-inf")), kept.asset  # type: ignore[return-value]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_any_text_is_found_by_any_of_its_words(index: WordIndex, texts: list[str]) -> None:
    index.delete(ASSETS)
    index.upsert([document(n, text) for n, text in enumerate(texts)])
    for n, text in enumerate(texts):
        clean = cleaned(text)
        for word in list(words_of(clean))[:3]:
            typed = clean[word.start : word.end]
            assert n in found(index, typed) and n in found(index, whole=[typed])
        assert n in found(index, text) or not list(words_of(clean))


def test_threads_share_an_index(index: WordIndex) -> None:
    failed: list[BaseException] = []

    def write(first: int) -> None:
        try:
            for start in range(first, first + 100, 20):
                index.upsert([document(n, f"dog {n}", folder=n % 3) for n in range(start, start + 20)])
                hits = index.query(["dog"], limit=500, folders=None, whole=[f"{start}"])
                assert [hit.asset for hit in hits] == [start]
                index.delete([start])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(first,)) for first in range(0, 400, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failed == []
    assert index.count(folders=None) == 400 - 4 * 5


def test_a_closed_index_refuses(driver: str, tmp_path: Path, postgres: Callable[[], Postgres]) -> None:
    index = opener(driver, tmp_path, postgres)
    index.close()
    index.close()
    for act in (lambda: index.upsert([document(1)]), lambda: index.query([], limit=1, folders=None)):
        with pytest.raises(PinakesError, match="closed"):
            act()


def test_what_was_written_is_there_after_opening_again(
    driver: str, tmp_path: Path, postgres: Callable[[], Postgres]
) -> None:
    if driver == "memory":
        pytest.skip("memory ends with the index")
    first = opener(driver, tmp_path, postgres)
    first.delete(ASSETS)
    first.upsert([document(400, "a dog", tags=["x"])])
    second = opener(driver, tmp_path, postgres)
    assert found(second, "dog", where=Match("tags", ("x",))) == [400]
    first.close()
    second.upsert([document(400, "a cat")])
    second.close()
    third = opener(driver, tmp_path, postgres)
    assert found(third, "cat") == [400] and found(third, "dog") == []
    third.close()
