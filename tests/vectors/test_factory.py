import sys
from pathlib import Path

import pytest

from pinakes.core.errors import InvalidRequest
from pinakes.core.settings import Settings, VectorSettings
from pinakes.vectors.embedded.store import EmbeddedVectorStore
from pinakes.vectors.factory import open_vectors
from pinakes.vectors.memory import MemoryVectorStore


def test_the_embedded_driver_is_the_default_and_lies_in_the_state(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    store = open_vectors(settings.vectors, settings.vectors_directory)
    assert isinstance(store, EmbeddedVectorStore)
    assert (tmp_path / "vectors" / "lock").exists()
    store.close()


def test_memory_is_a_driver_too(tmp_path: Path) -> None:
    store = open_vectors(VectorSettings(driver="memory"), tmp_path)
    assert isinstance(store, MemoryVectorStore)
    assert list(tmp_path.iterdir()) == []


def test_pgvector_has_no_8_bit_copies(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="8-bit"):
        open_vectors(VectorSettings(driver="pgvector", int8=True), tmp_path)


@pytest.mark.parametrize(("driver", "library"), [("qdrant", "qdrant_client"), ("pgvector", "psycopg")])
def test_an_extra_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: str, library: str
) -> None:
    for name in [name for name in sys.modules if name.startswith((library, f"pinakes.vectors.{driver}"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(InvalidRequest) as told:
        open_vectors(VectorSettings.model_validate({"driver": driver}), tmp_path)
    assert f"pip install 'pinakes[{driver}]'" in told.value.sentence
