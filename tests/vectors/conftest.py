"""Fixtures of the vector stores' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.vectors.stores import Postgres, quick_directory, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def directory() -> Iterator[Path]:
    with quick_directory() as made:
        yield made
