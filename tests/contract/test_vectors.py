"""What every vector store promises, run over every driver; the exact one in memory is the oracle."""

import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.vectors.stores import (
    DRIVERS,
    TINY,
    Postgres,
    opener,
    points,
    quick_directory,
    running_postgres,
    unit,
)
from tests.waiting import PATIENCE

from pinakes.core.bounds import MOST_HITS
from pinakes.core.errors import InvalidRequest, NotFound, PinakesError, TooLarge
from pinakes.core.filters import And, Filter, Known, Match, Not, Or, Range
from pinakes.core.payload import PICTURES
from pinakes.core.types import ModelIdentity
from pinakes.vectors.base import Collection, VectorStore
from pinakes.vectors.bounds import MOST_POINTS
from pinakes.vectors.memory import MemoryVectorStore, holds
from pinakes.vectors.naming import collection_name
from pinakes.vectors.points import Point, point_id

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]

#: Ids of a few points, in no order.
IDS = [point_id("cd" * 32, number) for number in range(12)]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Callable[[], Postgres]]:
    """Starts a PostgreSQL when it is first asked for."""
    running = None

    @cache
    def start() -> Postgres:
        nonlocal running
        running = running_postgres()
        return running.__enter__()

    yield start
    if running is not None:
        running.__exit__(None, None, None)


@pytest.fixture(scope="module", params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def store(driver: str, postgres: Callable[[], Postgres]) -> Iterator[VectorStore]:
    """One store for all tests of a driver, since making a collection takes some of them a second."""
    with quick_directory() as directory:
        opened = opener(driver, directory, postgres)
        yield opened
        opened.close()


@pytest.fixture
def collection(store: VectorStore) -> Collection:
    made = store.create(TINY)
    made.delete_where(None, folders=None)
    return made


def ids_of(found: Any) -> set[UUID]:
    return {each.id for each in found}


def test_points_come_back_bit_by_bit(collection: Collection) -> None:
    full = {
        **{"folder": 7, "asset": 2**53, "sha256": "ab" * 32, "owner": -1, "type": "image/jpeg"},
        **{"taken_at": -1.5e9, "latitude": 52.520008, "longitude": -0.1, "place": ("Ålesund, 日本 100%",)},
        **{"camera": 'O\'Brien "X" \\ {}', "tags": ("sea", "two words", "✓")},
    }
    given_points = [*points(40), Point(IDS[0], points(1)[0].vector, full)]
    collection.upsert(given_points)
    found = {point.id: point for point in collection.retrieve([point.id for point in given_points])}
    assert len(found) == 41
    for point in given_points:
        assert found[point.id].vector.dtype == np.float32
        assert found[point.id].vector.tobytes() == point.vector.tobytes()
        assert found[point.id].payload == point.payload


def test_a_second_upsert_replaces_the_whole_point(collection: Collection) -> None:
    first, second = points(2)
    collection.upsert([Point(IDS[0], first.vector, {"folder": 1, "camera": "old"})])
    collection.upsert([Point(IDS[0], second.vector, {"folder": 2, "place": ("new",)})])
    (found,) = collection.retrieve([IDS[0]])
    assert found.vector.tobytes() == second.vector.tobytes()
    assert found.payload == {"folder": 2, "place": ("new",)}
    assert collection.count(folders=None) == 1


def test_of_several_points_with_one_id_the_last_stays(collection: Collection) -> None:
    collection.upsert([Point(IDS[0], point.vector, {"folder": n}) for n, point in enumerate(points(3))])
    assert [point.payload for point in collection.retrieve([IDS[0], IDS[0]])] == [{"folder": 2}]


def test_what_is_not_there_is_passed_over(collection: Collection) -> None:
    collection.upsert(points(3))
    collection.upsert([])
    collection.delete([IDS[0]])
    collection.delete([])
    collection.set_payload([IDS[0], points(1)[0].id], {"camera": "X"})
    collection.set_payload([], {"camera": "Y"})
    assert collection.retrieve([IDS[0]]) == collection.retrieve([]) == []
    assert collection.count(folders=None, where=Match("camera", ("X",))) == 1
    assert collection.count(folders=None) == 3


def test_the_nearest_come_first_with_their_cosines(collection: Collection) -> None:
    kept = points(60)
    collection.upsert(kept)
    asked = unit(np.arange(1, 9, dtype=np.float32))
    cosines = sorted((float(asked @ point.vector) for point in kept), reverse=True)
    for exact in (False, True):
        hits = collection.query(asked, limit=10, folders=None, exact=exact)
        assert [hit.score for hit in hits] == pytest.approx(cosines[:10], abs=1e-5)
    assert len(collection.query(asked, limit=100, folders=None)) == 60


def test_a_question_sees_its_folders_and_nothing_else(collection: Collection) -> None:
    kept = points(40)
    collection.upsert(kept)
    for folders in (frozenset[int](), frozenset({1}), frozenset({0, 3}), frozenset({99}), None):
        seen = {point.id for point in kept if folders is None or point.payload["folder"] in folders}
        assert ids_of(collection.query(kept[0].vector, limit=40, folders=folders)) == seen
        assert ids_of(collection.scroll(after=None, limit=40, folders=folders)) == seen
        assert collection.count(folders=folders) == len(seen)
    collection.delete_where(None, folders=frozenset())
    assert collection.count(folders=None) == 40
    collection.delete_where(Range("asset", lt=20), folders=frozenset({1}))
    assert collection.count(folders=frozenset({1})) == 5
    assert collection.count(folders=None) == 35
    collection.delete_where(None, folders=None)
    assert collection.count(folders=None) == 0


def test_folders_cannot_be_forgotten(collection: Collection) -> None:
    vector = points(1)[0].vector
    for forgetful in (
        lambda: collection.query(vector, limit=1),  # type: ignore[call-arg]
        lambda: collection.scroll(after=None, limit=1),  # type: ignore[call-arg]
        lambda: collection.count(),  # type: ignore[call-arg]
        lambda: collection.delete_where(None),  # type: ignore[call-arg]
    ):
        with pytest.raises(TypeError, match="folders"):
            forgetful()
    for wrong in ({1}, [1], frozenset({"1"}), 1):
        with pytest.raises(InvalidRequest, match="frozenset"):
            collection.count(folders=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Match("camera", ("A",)), {0, 1}),
        (Match("camera", ("A", "B%")), {0, 1, 2}),
        (Match("tags", ("sea",)), {0, 2}),
        (Match("tags", ("sea", "sky")), {0, 1, 2}),
        (Match("owner", (7,)), {3}),
        (Match("folder", (1, 2)), {1, 2}),
        (Range("taken_at", gte=10), {1, 2}),
        (Range("taken_at", gt=10, lte=20), {2}),
        (Range("taken_at", lt=10.5), {0, 1}),
        (Range("asset", gte=1, lt=3), {1, 2}),
        (Known("taken_at"), {0, 1, 2}),
        (Known("tags"), {0, 1, 2}),
        (Not(Known("tags")), {3}),
        (Not(Match("camera", ("A",))), {2, 3}),
        (Not(Range("taken_at", gt=0)), {0, 3}),
        (Not(Match("tags", ("sea",))), {1, 3}),
        (And((Match("tags", ("sea",)), Match("camera", ("A",)))), {0}),
        (Or((Match("owner", (7,)), Range("taken_at", gt=15))), {2, 3}),
        (Not(Or((Match("camera", ("A",)), Match("owner", (7,))))), {2}),
        (And((Not(And((Known("camera"), Known("taken_at")))), Known("folder"))), {3}),
    ],
)
def test_conditions_hold_for_what_they_say(collection: Collection, where: Filter, expected: set[int]) -> None:
    payloads: list[dict[str, Any]] = [
        {"camera": "A", "tags": ["sea", "sand"], "taken_at": 0, "owner": 1},
        {"camera": "A", "tags": ["sky"], "taken_at": 10},
        {"camera": "B%", "tags": ["sea"], "taken_at": 20.0},
        {"owner": 7, "tags": []},
    ]
    made = [
        Point(IDS[n], point.vector, payloads[n] | {"folder": n, "asset": n})
        for n, point in enumerate(points(4))
    ]
    collection.upsert(made)
    wanted = {IDS[n] for n in expected}
    assert ids_of(collection.query(made[0].vector, limit=10, folders=None, where=where)) == wanted
    assert ids_of(collection.scroll(after=None, limit=10, folders=None, where=where)) == wanted
    assert collection.count(folders=None, where=where) == len(wanted)
    collection.delete_where(where, folders=None)
    assert ids_of(collection.scroll(after=None, limit=10, folders=None)) == set(IDS[:4]) - wanted


def test_fields_change_and_go_while_the_others_stay(collection: Collection) -> None:
    first, second = points(2)
    collection.upsert([first, second])
    collection.set_payload([first.id], {"folder": 9, "camera": "X", "tags": ["a", "b"]})
    collection.set_payload([first.id], {"camera": None, "asset": None, "tags": ["b"]})
    (found,) = collection.retrieve([first.id])
    assert found.payload == {"folder": 9, "tags": ("b",)}
    assert found.vector.tobytes() == first.vector.tobytes()
    assert collection.count(folders=frozenset({9})) == 1
    assert collection.count(folders=frozenset({0})) == 0
    assert collection.retrieve([second.id])[0].payload == second.payload
    with pytest.raises(InvalidRequest, match="folder"):
        collection.set_payload([first.id], {"folder": None})


def test_pages_hold_every_point_once_in_order(collection: Collection) -> None:
    kept = points(103)
    collection.upsert(kept)
    for folders in (None, frozenset({2})):
        read: list[Point] = []
        while page := collection.scroll(after=read[-1].id if read else None, limit=10, folders=folders):
            assert len(page) <= 10
            read += page
        expected = sorted(p.id for p in kept if folders is None or p.payload["folder"] in folders)
        assert [point.id for point in read] == expected
    middle = sorted(point.id for point in kept)[50]
    collection.delete([middle])
    assert collection.scroll(after=middle, limit=1, folders=None)[0].id > middle


@pytest.mark.parametrize(
    ("vector", "said"),
    [
        (np.ones(7) / np.sqrt(7), r"\(7,\).*tiny@1.*\(8,\)"),
        (np.ones((1, 8)) / np.sqrt(8), r"\(1, 8\)"),
        (np.ones(8), "length 2.828"),
        (np.zeros(8), "length 0"),
        (np.full(8, np.nan), "length nan"),
    ],
)
def test_vectors_of_another_model_are_refused(collection: Collection, vector: Any, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        collection.upsert([*points(1), Point(IDS[0], vector, {"folder": 1})])
    with pytest.raises(InvalidRequest, match=said):
        collection.query(vector, limit=1, folders=None)
    assert collection.count(folders=None) == 0


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({}, "folder"),
        ({"folder": None}, "folder"),
        ({"folder": "1"}, "folder"),
        ({"folder": True}, "folder"),
        ({"folder": 1, "colour": "red"}, "no field 'colour'"),
        ({"folder": 1, "camera": 5}, "camera"),
        ({"folder": 1, "camera": "a\0b"}, "camera"),
        ({"folder": 1, "camera": "\ud800"}, "camera"),
        ({"folder": 1, "camera": "x" * 513}, "512"),
        ({"folder": 1, "tags": "sea"}, "list of words"),
        ({"folder": 1, "tags": [1]}, "tags"),
        ({"folder": 1, "asset": 2**53 + 1}, "asset"),
        ({"folder": 1, "asset": 1.0}, "asset"),
        ({"folder": 1, "taken_at": float("nan")}, "taken_at"),
    ],
)
def test_payloads_that_no_field_takes_are_refused(
    collection: Collection, payload: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidRequest, match=said):
        collection.upsert([Point(IDS[0], points(1)[0].vector, payload)])
    assert collection.count(folders=None) == 0


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Match("colour", ("red",)), "colour"),
        (Match("camera", ()), "from 1"),
        (Match("camera", (5,)), "camera"),
        (Match("taken_at", (5,)), "range"),
        (Range("camera", gte=1), "no range"),
        (Range("folder", gte=1), "match it"),
        (Range("taken_at"), "bound"),
        (Range("taken_at", gte=float("inf")), "finite"),
        (Known("colour"), "colour"),
        (And(()), "at least one"),
        (Not(Or(())), "at least one"),
        (And((Known("camera"),) * 300), "256"),
        ("camera = 'X'", "made of"),
    ],
)
def test_filters_that_make_no_sense_are_refused(collection: Collection, where: Any, said: str) -> None:
    collection.upsert(points(2))
    vector = points(1)[0].vector
    for ask in (
        lambda: collection.count(folders=None, where=where),
        lambda: collection.query(vector, limit=1, folders=frozenset(), where=where),
        lambda: collection.scroll(after=None, limit=1, folders=None, where=where),
        lambda: collection.delete_where(where, folders=None),
    ):
        with pytest.raises(InvalidRequest, match=said):
            ask()
    assert collection.count(folders=None) == 2


def test_nothing_is_without_bounds(collection: Collection) -> None:
    vector, many = points(1)[0].vector, [IDS[0]] * (MOST_POINTS + 1)
    for limit in (0, -1, MOST_HITS + 1):
        with pytest.raises(InvalidRequest, match=str(limit)):
            collection.query(vector, limit=limit, folders=None)
        with pytest.raises(InvalidRequest, match=str(limit)):
            collection.scroll(after=None, limit=limit, folders=None)
    for ask in (
        lambda: collection.upsert([Point(IDS[0], vector, {"folder": 1})] * (MOST_POINTS + 1)),
        lambda: collection.retrieve(many),
        lambda: collection.delete(many),
        lambda: collection.set_payload(many, {"camera": "X"}),
        lambda: collection.count(folders=frozenset(range(100_001))),
    ):
        with pytest.raises(TooLarge):
            ask()
    deep: Filter = Known("camera")
    for _ in range(20):
        deep = Not(deep)
    with pytest.raises(InvalidRequest, match="deep"):
        collection.count(folders=None, where=deep)


def test_each_model_and_revision_has_a_collection_of_its_own(store: VectorStore) -> None:
    others = [
        ModelIdentity("tiny", "2", "none", 8),
        ModelIdentity("tiny", "1", "none", 4),
    ]
    first = store.create(TINY)
    first.upsert(points(5))
    for identity in others:
        assert store.create(identity).count(folders=None) == 0
        assert store.create(identity).identity == identity
    assert store.create(TINY).count(folders=None) == 5
    listed = {summary.name: summary for summary in store.collections()}
    assert set(listed) >= {collection_name(identity) for identity in (TINY, *others)}
    assert listed[collection_name(TINY)].identity == TINY
    assert listed[collection_name(TINY)].points == 5
    assert ids_of(store.open(collection_name(TINY)).scroll(after=None, limit=9, folders=None)) == ids_of(
        points(5)
    )
    store.drop(collection_name(others[0]))
    for act in (store.open, store.drop):
        with pytest.raises(NotFound, match=collection_name(TINY)):
            act(collection_name(others[0]))
    assert store.create(others[0]).count(folders=None) == 0


@pytest.mark.parametrize("dimensions", [0, -1, 16_001])
def test_a_model_without_vectors_gets_no_collection(store: VectorStore, dimensions: int) -> None:
    with pytest.raises(InvalidRequest, match="dimensions"):
        store.create(ModelIdentity("captioner", "1", "none", dimensions))


def test_an_index_changes_no_answer(collection: Collection) -> None:
    kept = points(600)
    collection.upsert(kept)
    collection.delete([point.id for point in kept[:100]])
    collection.optimise()
    collection.flush()
    assert collection.count(folders=None) == 500
    assert ids_of(collection.retrieve([point.id for point in kept])) == ids_of(kept[100:])
    for folder in range(4):
        seen = [point for point in kept[100:] if point.payload["folder"] == folder]
        best = max(seen, key=lambda point: float(point.vector @ kept[0].vector))
        (hit,) = collection.query(kept[0].vector, limit=1, folders=frozenset({folder}))
        assert hit.id == best.id


def test_threads_share_a_collection(driver: str, collection: Collection) -> None:
    if driver == "qdrant-local":
        pytest.skip("the client's local mode is for one thread")
    kept = points(400)
    failed: list[BaseException] = []

    def write(part: list[Point]) -> None:
        try:
            for start in range(0, len(part), 20):
                collection.upsert(part[start : start + 20])
                collection.query(part[0].vector, limit=5, folders=None)
                collection.delete([part[start].id])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(kept[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    collection.optimise()
    for thread in threads:
        thread.join(PATIENCE)
    assert failed == []
    assert collection.count(folders=None) == 400 - 4 * 5


WORDS = st.sampled_from(["a", "b", "ü%", "d e"])
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
SOME_IDS = st.lists(st.sampled_from(IDS), max_size=4)
FOLDERS = st.one_of(st.none(), st.frozensets(st.integers(0, 4)))
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("upsert"), st.lists(st.tuples(st.sampled_from(IDS), PAYLOADS), max_size=6)),
        st.tuples(st.just("set_payload"), SOME_IDS, PAYLOADS),
        st.tuples(st.just("unset"), SOME_IDS, st.sampled_from(["owner", "camera", "tags", "taken_at"])),
        st.tuples(st.just("delete"), SOME_IDS),
        st.tuples(st.just("delete_where"), FOLDERS, CONDITIONS),
        st.tuples(st.just("ask"), FOLDERS, st.one_of(st.none(), CONDITIONS), st.integers(1, 8)),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, seed=st.integers(0, 2**31))
def test_a_collection_answers_as_the_oracle_does(
    collection: Collection, acts: list[tuple[Any, ...]], seed: int
) -> None:
    collection.delete_where(None, folders=None)
    oracle = MemoryVectorStore(PICTURES).create(TINY)
    draw = np.random.default_rng(seed)
    for act in acts:
        vectors = unit(draw.standard_normal((8, TINY.dimensions)))
        for asked in (collection, oracle):
            perform(asked, act, vectors)
        if act[0] == "ask":
            _, folders, where, limit = act
            compare(collection, oracle, vectors[0], folders=folders, where=where, limit=limit)
    compare(collection, oracle, unit(draw.standard_normal(8)), folders=None, where=None, limit=20)


def perform(collection: Collection, act: tuple[Any, ...], vectors: Any) -> None:
    match act:
        case ("upsert", made):
            collection.upsert([Point(key, vectors[n], payload) for n, (key, payload) in enumerate(made)])
        case ("set_payload", ids, changes):
            collection.set_payload(ids, changes)
        case ("unset", ids, field):
            collection.set_payload(ids, {field: None})
        case ("delete", ids):
            collection.delete(ids)
        case ("delete_where", folders, where):
            collection.delete_where(where, folders=folders)


def compare(collection: Collection, oracle: Collection, vector: Any, *, limit: int, **seen: Any) -> None:
    hits, expected = (each.query(vector, limit=limit, **seen) for each in (collection, oracle))
    assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected], abs=1e-5)
    assert ids_of(hits) == ids_of(expected)
    assert collection.count(**seen) == oracle.count(**seen)
    pages = [each.scroll(after=None, limit=MOST_HITS, **seen) for each in (collection, oracle)]
    plain = [[(p.id, p.vector.tobytes(), dict(p.payload)) for p in page] for page in pages]
    assert plain[0] == plain[1]
    assert all(seen["where"] is None or holds(seen["where"], point.payload) for point in pages[0])


def test_a_closed_store_refuses(driver: str, tmp_path: Path, postgres: Callable[[], Postgres]) -> None:
    store = opener(driver, tmp_path, postgres)
    collection = store.create(TINY)
    store.close()
    store.close()
    for act in (lambda: store.create(TINY), store.collections, lambda: collection.upsert(points(1))):
        with pytest.raises(PinakesError, match="closed"):
            act()
