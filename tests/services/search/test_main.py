"""Where the search service keeps what is its own."""

from pathlib import Path

import pytest

from pinakes.core.errors import ServiceUnavailable
from pinakes.core.settings import Settings
from pinakes.core.settings.words import WordSettings
from pinakes.services.search.main import opened


def test_words_lie_in_its_own_directory_beside_those_of_the_library(tmp_path: Path) -> None:
    opened(Settings(state=tmp_path)).close()
    assert (tmp_path / "search" / "words.sqlite3").is_file()
    assert not (tmp_path / "words.sqlite3").exists()


def test_words_are_in_postgres_where_the_settings_keep_them_there(tmp_path: Path) -> None:
    words = WordSettings(driver="postgres", postgres_url="postgresql://127.0.0.1:9/none")
    settings = Settings(state=tmp_path, words=words)
    for _ in range(2):  # the second finds the store of vectors closed behind the first
        with pytest.raises(ServiceUnavailable, match="PostgreSQL"):
            opened(settings)
