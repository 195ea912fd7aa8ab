import sqlite3
from pathlib import Path

import pytest

from pinakes.core.errors import StateUnusable
from pinakes.search.shared.database import open_register


def test_it_is_made_where_there_is_none_and_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        open_register(tmp_path / "search").dispose()


def test_one_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "search.sqlite3")
    connection.execute("pragma user_version=99")
    connection.close()
    with pytest.raises(StateUnusable, match="newer version"):
        open_register(tmp_path)


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"x" * 4096])
def test_a_file_that_is_damaged_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "search.sqlite3").write_bytes(content)
    with pytest.raises(StateUnusable):
        open_register(tmp_path)


def test_a_directory_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateUnusable, match="cannot be used"):
        open_register(tmp_path / "file" / "below")
