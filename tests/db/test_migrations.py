"""A library of an earlier version is brought up to date, and nothing in it is lost."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

from pinakes.db.session import connect, open_database
from pinakes.db.tables import assets, directories

CONTENT = """
    insert into contents (sha256, bytes, format, mode, width, height, frames, perceptual_hash, hash_quality,
        metadata_fields, metadata, prepared_by)
    values (:sha256, 1, 'PNG', 'RGB', 1, 1, 1, x'00', 1, 0, '{}', '1')"""

ASSET = """
    insert into assets (path, folder, sha256, bytes, mtime_ns, inode, device, outcome, seen_in, missing)
    values (:path, :folder, :sha256, 1, 0, '', '', 'stored', 1, 0)"""


def test_stored_assets_of_an_earlier_library_get_their_directories(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'library.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", "pinakes.db:migrations")
    config.attributes["engine"] = engine
    command.upgrade(config, "0001")
    stored = [b"/top.png", b"/p/a.png", b"/p/b.png", b"/p/q/c.png", b"/p/q!/d.png", b"/p\xff/e.png"]
    with engine.begin() as connection:
        connection.execute(text(CONTENT), {"sha256": "a" * 64})
        for path in stored:
            values = {"path": path, "folder": b"/p", "sha256": "a" * 64}
            connection.execute(text(ASSET), values)
    engine.dispose()

    opened = open_database(tmp_path)
    with opened.connect() as connection:
        joined = select(assets.c.path, directories.c.path).join(
            directories, directories.c.id == assets.c.directory
        )
        found = {row[0]: row[1] for row in connection.execute(joined)}
    opened.dispose()
    assert found == {
        "/top.png": "/",
        "/p/a.png": "/p",
        "/p/b.png": "/p",
        "/p/q/c.png": "/p/q",
        "/p/q!/d.png": "/p/q!",
        "/p\udcff/e.png": "/p\udcff",
    }
