"""A library of an earlier version is brought up to date, and nothing in it is lost."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, select, text

from pinakes.db.session import connect, open_database
from pinakes.db.tables import assets, directories, months, shown

CONTENT = """
    insert into contents (sha256, bytes, format, mode, width, height, frames, perceptual_hash, hash_quality,
        metadata_fields, metadata, prepared_by)
    values (:sha256, 1, 'PNG', 'RGB', 1, 1, 1, x'00', 1, 0, '{}', '1')"""

ASSET = """
    insert into assets (path, folder, sha256, bytes, mtime_ns, inode, device, outcome, seen_in, missing)
    values (:path, :folder, :sha256, 1, 0, '', '', 'stored', 1, 0)"""


def at_revision(state: Path, revision: str) -> Engine:
    """A library as the version with this migration made it."""
    engine = connect(f"sqlite:///{state / 'library.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", "pinakes.db:migrations")
    config.attributes["engine"] = engine
    command.upgrade(config, revision)
    return engine


def test_stored_assets_of_an_earlier_library_get_their_directories(tmp_path: Path) -> None:
    engine = at_revision(tmp_path, "0001")
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


def test_pictures_of_an_earlier_library_are_shown_and_counted_by_date(tmp_path: Path) -> None:
    engine = at_revision(tmp_path, "0002")
    with engine.begin() as connection:
        connection.execute(text(CONTENT), {"sha256": "a" * 64})
        connection.execute(text(CONTENT), {"sha256": "b" * 64})
        connection.execute(text("update contents set taken_at = 1561939200.5 where sha256 like 'a%'"))
        for name, sha256 in ((b"/p/1.png", "a"), (b"/p/2.png", "a"), (b"/q/3.png", "b"), (b"/q/4.png", "b")):
            connection.execute(text(ASSET), {"path": name, "folder": b"/", "sha256": sha256 * 64})
        connection.execute(text("update assets set directory = 7 where id < 3"))
        connection.execute(text("update assets set missing = 1 where path = x'2f712f342e706e67'"))
    engine.dispose()

    opened = open_database(tmp_path)
    with opened.connect() as connection:
        rows = connection.execute(select(shown).order_by(shown.c.asset)).all()
        counts = {(row[0], row[1]): row[2] for row in connection.execute(select(months))}
    opened.dispose()
    assert [(row.month, row.taken_at, row.asset, row.ratio) for row in rows] == [
        ("2019-07", 1561939200.5, 1, 10_000),
        ("2019-07", 1561939200.5, 2, 10_000),
        ("undated", 0, 3, 10_000),
    ]
    assert counts == {(0, "2019-07"): 2, (7, "2019-07"): 2, (0, "undated"): 1, (-1, "undated"): 1}
