"""Connections that threads share: bounds on waiting, and a server that went away."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from tests.vectors.stores import Postgres, running_postgres
from tests.waiting import PATIENCE

from pinakes.core.errors import Overloaded, ServiceUnavailable, StateUnusable
from pinakes.postgres.connections import Connections


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


def test_a_question_that_takes_too_long_is_given_up(postgres: Postgres) -> None:
    connections = Connections(postgres.url, most=1, seconds=0.3, variable="URL")
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable, match="timeout"):
        connections.ask(lambda cursor: cursor.execute("SELECT pg_sleep(20)"))
    assert time.monotonic() - began < 10
    connections.ask(lambda cursor: cursor.execute("SELECT 1"))
    connections.close()


def test_who_finds_every_connection_busy_is_told(postgres: Postgres) -> None:
    connections = Connections(postgres.url, most=1, seconds=1, variable="URL")
    holding, done = threading.Event(), threading.Event()

    def hold(cursor: psycopg.Cursor) -> None:
        holding.set()
        done.wait(PATIENCE)

    holder = threading.Thread(target=lambda: connections.ask(hold))
    holder.start()
    assert holding.wait(PATIENCE)
    with pytest.raises(Overloaded, match="busy"):
        connections.ask(lambda cursor: None)
    done.set()
    holder.join(PATIENCE)
    connections.close()


def test_an_idle_connection_that_died_is_replaced(postgres: Postgres) -> None:
    connections = Connections(postgres.url, most=1, seconds=5, variable="URL")
    row = connections.ask(lambda cursor: cursor.execute("SELECT pg_backend_pid()").fetchone())
    with psycopg.connect(postgres.url) as other:
        other.execute("SELECT pg_terminate_backend(%s)", row)
    assert connections.ask(lambda cursor: cursor.execute("SELECT 7").fetchone()) == (7,)
    connections.close()


def test_a_server_that_is_away_and_connections_that_are_closed_are_told(postgres: Postgres) -> None:
    away = Connections("postgresql://127.0.0.1:9/none", most=1, seconds=1, variable="PINAKES_URL")
    with pytest.raises(ServiceUnavailable) as told:
        away.ask(lambda cursor: None)
    assert "set PINAKES_URL" in told.value.sentence
    closed = Connections(postgres.url, most=1, seconds=1, variable="URL")
    closed.close()
    with pytest.raises(StateUnusable, match="closed"):
        closed.ask(lambda cursor: None)
