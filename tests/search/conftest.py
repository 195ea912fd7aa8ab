"""A library of concepts for the tests of searching."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.search.concepts import ConceptLibrary


@pytest.fixture
def library(tmp_path: Path) -> Iterator[ConceptLibrary]:
    """An empty library of concepts."""
    made = ConceptLibrary(tmp_path / "state")
    yield made
    made.close()
