"""What only PostgreSQL can do: go away and come back, be used by many, and judge filters by its planner."""

import threading
import time
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from tests.vectors.stores import TINY, Postgres, clustered, points
from tests.waiting import PATIENCE

from pinakes.core.errors import ServiceUnavailable, StateUnusable
from pinakes.core.payload import PICTURES, Field, Kind, Schema
from pinakes.core.types import ModelIdentity
from pinakes.vectors.naming import collection_name
from pinakes.vectors.pgvector.store import PgvectorVectorStore
from pinakes.vectors.points import Point, point_id


def opened(url: str, schema: Schema = PICTURES, *, seconds: float = 10) -> PgvectorVectorStore:
    return PgvectorVectorStore(url, schema, connections=3, seconds=seconds, rebuild_seconds=60)


@pytest.fixture
def store(postgres: Postgres) -> Iterator[PgvectorVectorStore]:
    made = opened(postgres.empty())
    yield made
    made.close()


def test_a_server_that_goes_away_is_told_and_found_again(
    postgres: Postgres, store: PgvectorVectorStore
) -> None:
    collection = store.create(TINY)
    kept = points(50)
    collection.upsert(kept[:25])
    postgres.stop()
    try:
        for act in (
            lambda: collection.upsert(kept),
            lambda: collection.query(kept[0].vector, limit=1, folders=None),
            lambda: collection.count(folders=None),
            store.collections,
        ):
            began = time.monotonic()
            with pytest.raises(ServiceUnavailable, match="PostgreSQL"):
                act()
            assert time.monotonic() - began < 15
    finally:
        postgres.start()
    assert collection.count(folders=None) == 25
    collection.upsert(kept)
    assert collection.count(folders=None) == 50


def test_a_server_that_was_restarted_while_nobody_asked_is_not_noticed(
    postgres: Postgres, store: PgvectorVectorStore
) -> None:
    collection = store.create(TINY)
    collection.upsert(points(5))
    postgres.stop()
    postgres.start()
    assert collection.count(folders=None) == 5


def test_no_server_is_told_with_the_variable_to_set() -> None:
    with pytest.raises(ServiceUnavailable) as told:
        opened("postgresql://127.0.0.1:9/none")
    assert "PINAKES_VECTORS__POSTGRES_URL" in told.value.sentence


def test_a_killed_build_of_the_index_is_made_good(postgres: Postgres, store: PgvectorVectorStore) -> None:
    collection, name = store.create(TINY), collection_name(TINY)
    collection.upsert(points(300))
    assert collection.optimise()
    assert not collection.optimise()
    with psycopg.connect(postgres.url) as connection:
        connection.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)",
            [f'pinakes_vectors."{name}-hnsw"'],
        )
    assert collection.optimise()
    assert collection.count(folders=None) == 300


@pytest.mark.parametrize("share", [0.005, 0.05, 0.5, 1.0])
def test_a_filter_never_leaves_a_question_short(
    postgres: Postgres, store: PgvectorVectorStore, share: float
) -> None:
    identity = ModelIdentity("clustered", "1", "none", 16)
    collection = store.create(identity)
    vectors = clustered(3000, 16)
    collection.upsert([Point(point_id("a", n), vectors[n], {"folder": n % 200}) for n in range(3000)])
    collection.optimise()
    folders = frozenset(range(int(200 * share)))
    found = 0
    for vector in vectors[:10]:
        near, exact = (
            collection.query(vector, limit=10, folders=folders, exact=flag) for flag in (False, True)
        )
        assert len(near) == 10
        found += len({hit.id for hit in near} & {hit.id for hit in exact})
    assert found >= 95


def test_the_index_is_used(postgres: Postgres, store: PgvectorVectorStore) -> None:
    collection = store.create(TINY)
    collection.upsert(points(2000))
    collection.optimise()
    with psycopg.connect(postgres.url) as connection:
        connection.execute("SET enable_seqscan = off")
        table = f'pinakes_vectors."{collection_name(TINY)}"'
        nearest = f"SELECT id FROM {table} ORDER BY (embedding <#> %s::vector) LIMIT 5"
        asked = str(points(1)[0].vector.tolist())
        plan = connection.execute(f"EXPLAIN {nearest}", [asked]).fetchall()
        summed = nearest.replace("::vector)", "::vector) + 0")
        slow = connection.execute(f"EXPLAIN {summed}", [asked]).fetchall()
    assert "-hnsw" in str(plan)
    assert "-hnsw" not in str(slow)


def test_two_processes_may_make_the_same_collection_at_once(postgres: Postgres) -> None:
    stores = [opened(url) for url in [postgres.empty()] * 3]
    failed: list[BaseException] = []

    def make(each: PgvectorVectorStore) -> None:
        try:
            each.create(TINY).upsert(points(20))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=make, args=(each,)) for each in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failed == []
    assert stores[0].create(TINY).count(folders=None) == 20
    for each in stores:
        each.close()


def test_writers_that_meet_do_not_hold_one_another_up(store: PgvectorVectorStore) -> None:
    collection = store.create(TINY)
    kept = points(200)
    collection.upsert(kept)
    ids, failed = [point.id for point in kept], list[BaseException]()

    def write(order: list[UUID]) -> None:
        try:
            for number in range(40):
                collection.set_payload(order, {"owner": number})
                collection.upsert(kept)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(order,)) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert collection.count(folders=None) == 200


def test_a_field_that_a_later_version_adds_gets_a_column(
    postgres: Postgres, store: PgvectorVectorStore
) -> None:
    store.create(TINY).upsert(points(3))
    wider = Schema(PICTURES.tenant, (*PICTURES.fields, Field("stars", Kind.INTEGER)))
    later = opened(postgres.url, wider)
    collection = later.open(collection_name(TINY))
    collection.set_payload([points(1)[0].id], {"stars": 5})
    assert collection.retrieve([points(1)[0].id])[0].payload["stars"] == 5
    assert store.create(TINY).count(folders=None) == 3
    later.close()


def test_an_old_pgvector_is_refused(postgres: Postgres) -> None:
    postgres.empty()
    with psycopg.connect(postgres.url) as connection:
        connection.execute("UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'")
    try:
        with pytest.raises(StateUnusable, match=r"0\.8 or newer"):
            opened(postgres.url)
    finally:
        with psycopg.connect(postgres.url) as connection:
            connection.execute("UPDATE pg_extension SET extversion = '0.8.5' WHERE extname = 'vector'")


def test_vectors_too_long_for_an_index_are_compared_one_by_one(store: PgvectorVectorStore) -> None:
    identity = ModelIdentity("long", "1", "none", 2500)
    collection = store.create(identity)
    kept = points(5, identity=identity)
    collection.upsert(kept)
    assert not collection.optimise()
    assert collection.query(kept[3].vector, limit=1, folders=None)[0].id == kept[3].id
