"""An application whose five pictures the built-in model compares."""

from collections.abc import Iterator

import pytest
from tests.searching import Searched, named_pictures


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    """The application, once its pictures are ingested; tests change nothing."""
    with named_pictures(tmp_path_factory.mktemp("searched")) as there:
        yield there
