"""Jobs that outlive their process, what models said of contents, and where it is indexed."""

import os

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "choices",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "directories",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("path"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "indexed",
        sa.Column("index", sa.String(length=64), nullable=False),
        sa.Column("asset", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("index", "asset"),
        sqlite_with_rowid=False,
    )
    op.create_index("indexed_by_asset", "indexed", ["asset"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("wanted", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("waiting_for", sa.String(length=256), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=True),
        sa.Column("finished_at", sa.Float(), nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("alive_at", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled')", name="state_known"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("jobs_by_state", "jobs", ["state", "created_at"], unique=False)
    op.create_table(
        "maps",
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("assets", sa.LargeBinary(), nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("collection"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "searches",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("asked_at", sa.Float(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "failures",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["contents.sha256"],
        ),
        sa.PrimaryKeyConstraint("step", "model", "sha256"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "texts",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('caption', 'text')", name="text_kind_known"),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["contents.sha256"],
        ),
        sa.PrimaryKeyConstraint("kind", "model", "sha256"),
        sqlite_with_rowid=False,
    )
    op.create_index("texts_by_content", "texts", ["sha256"], unique=False)
    op.add_column("assets", sa.Column("directory", sa.BigInteger(), nullable=True))
    op.create_index("assets_by_directory", "assets", ["directory"], unique=False)
    _name_directories()


def _name_directories() -> None:
    """Give every stored asset the directory that holds it."""
    connection = op.get_bind()
    directories = sa.table("directories", sa.column("id"), sa.column("path"))
    assets = sa.table("assets", sa.column("path"), sa.column("outcome"), sa.column("directory"))
    held = sa.select(assets.c.path).where(assets.c.outcome == "stored")
    found = {os.path.dirname(bytes(path)) for path in connection.scalars(held)}  # noqa: PTH120
    if found:
        connection.execute(sa.insert(directories), [{"path": path} for path in sorted(found)])
    for number, path in connection.execute(sa.select(directories)).all():
        base = path.rstrip(b"/")
        # What begins with "base/" and has no further "/" lies in it: byte order puts these in one range.
        inside = (assets.c.path > base + b"/") & (assets.c.path < base + b"0")
        rest = sa.func.substr(assets.c.path, len(base) + 2)
        here = inside & (assets.c.outcome == "stored") & (sa.func.instr(rest, b"/") == 0)
        connection.execute(sa.update(assets).where(here).values(directory=number))
