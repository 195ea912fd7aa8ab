"""What only PostgreSQL can do: go away and come back, and use its index."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from tests.vectors.stores import Postgres, running_postgres
from tests.waiting import PATIENCE
from tests.words.indexes import document, emptied

from pinakes.core.errors import ServiceUnavailable
from pinakes.core.payload import PICTURES
from pinakes.words.asked import asked
from pinakes.words.base import WordField
from pinakes.words.postgres.index import PostgresWordIndex
from pinakes.words.postgres.lexemes import document as vector
from pinakes.words.postgres.lexemes import question
from pinakes.words.postgres.statements import NAMESPACE, Statements


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


def opened(url: str) -> PostgresWordIndex:
    return PostgresWordIndex(url, PICTURES, connections=3, seconds=10)


def test_a_server_that_goes_away_is_told_and_found_again(postgres: Postgres) -> None:
    index = opened(emptied(postgres).url)
    index.upsert([document(1, "dog")])
    postgres.stop()
    try:
        for act in (
            lambda: index.upsert([document(2, "dog")]),
            lambda: index.query(["dog"], limit=1, folders=None),
            lambda: index.delete([1]),
        ):
            began = time.monotonic()
            with pytest.raises(ServiceUnavailable, match="PostgreSQL"):
                act()
            assert time.monotonic() - began < 15
    finally:
        postgres.start()
    assert index.count(folders=None) == 1
    index.upsert([document(2, "dog")])
    assert index.count(folders=None) == 2
    index.close()


def test_no_server_is_told_with_the_variable_to_set() -> None:
    with pytest.raises(ServiceUnavailable) as told:
        opened("postgresql://127.0.0.1:9/none")
    assert "PINAKES_WORDS__POSTGRES_URL" in told.value.sentence


def test_the_index_is_used(postgres: Postgres) -> None:
    index = opened(emptied(postgres).url)
    index.upsert([document(n, f"dog {n}") for n in range(2000)])
    index.close()
    with psycopg.connect(postgres.url) as connection:
        connection.execute("SET enable_seqscan = off")
        name = Statements("documents", PICTURES).name
        asking = f"EXPLAIN SELECT id FROM {NAMESPACE}.{name} WHERE found @@ %s::tsquery"
        plan = connection.execute(asking, [question(asked(["dog 17"]))]).fetchall()
    assert f"{name}_by_word" in str(plan)


def test_writers_that_meet_do_not_hold_one_another_up(postgres: Postgres) -> None:
    index = opened(emptied(postgres).url)
    kept, failed = [document(n, f"dog {n}") for n in range(200)], list[BaseException]()

    def write(*, backwards: bool) -> None:
        try:
            for _ in range(10):
                index.upsert(kept[::-1] if backwards else kept)
                index.delete([each.asset for each in kept][:: -1 if backwards else 1][:50])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, kwargs={"backwards": flag}) for flag in (False, True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    index.close()


def test_two_processes_may_make_the_table_at_once(postgres: Postgres) -> None:
    url, failed = emptied(postgres).url, list[BaseException]()

    def make() -> None:
        try:
            opened(url).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failed == []


def test_documents_of_two_names_are_apart_in_one_database(postgres: Postgres) -> None:
    url = emptied(postgres).url
    library = opened(url)
    shared = PostgresWordIndex(url, PICTURES, connections=3, seconds=10, of="shared")
    library.upsert([document(1, "dog")])
    shared.upsert([document(1, "cat"), document(2, "dog")])
    assert library.holding(["dog"], limit=9, folders=None) == [1]
    assert shared.holding(["dog"], limit=9, folders=None) == [2]
    library.delete([1])
    assert [shared.count(folders=None), library.count(folders=None)] == [2, 0]
    shared.close()
    library.close()


def test_no_phrase_spans_two_fields() -> None:
    assert vector({WordField.TITLE: "red", WordField.PLACE: "car red"}) == "'red':1A,4C 'car':3C"
