import sys
from pathlib import Path

import pytest
from tests.words.indexes import document

from pinakes.core.errors import InvalidRequest
from pinakes.core.settings import Settings, WordSettings
from pinakes.words.factory import open_words
from pinakes.words.sqlite.index import SqliteWordIndex


def test_a_file_in_the_state_is_the_default(tmp_path: Path) -> None:
    index = open_words(Settings(state=tmp_path / "state"))
    assert isinstance(index, SqliteWordIndex)
    assert (tmp_path / "state" / "words.sqlite3").is_file()
    index.close()


def test_the_file_may_lie_elsewhere(tmp_path: Path) -> None:
    open_words(Settings(state=tmp_path, words=WordSettings(file=tmp_path / "w.db"))).close()
    assert [path.name for path in tmp_path.iterdir()] == ["w.db"]


def test_another_service_has_a_file_of_its_own(tmp_path: Path) -> None:
    open_words(Settings(state=tmp_path / "state"), file=tmp_path / "own.sqlite3").close()
    assert [path.name for path in tmp_path.iterdir()] == ["own.sqlite3"]


def test_memory_is_a_driver_too(tmp_path: Path) -> None:
    index = open_words(Settings(state=tmp_path, words=WordSettings(driver="memory")))
    index.upsert([document(1, "dog")])
    assert index.count(folders=None) == 1 and list(tmp_path.iterdir()) == []
    index.close()


def test_an_extra_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = ("psycopg", "pinakes.postgres", "pinakes.words.postgres")
    for name in [name for name in sys.modules if name.startswith(rooms)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InvalidRequest) as told:
        open_words(Settings(state=tmp_path, words=WordSettings(driver="postgres")))
    assert "pinakes[postgres]" in told.value.sentence
