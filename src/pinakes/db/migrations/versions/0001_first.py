"""The first shape: assets, contents, evidence, reviews, and a journal that cannot be changed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "contents",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("perceptual_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash_quality", sa.Integer(), nullable=False),
        sa.Column("pixels_sha256", sa.String(length=64), nullable=True),
        sa.Column("taken_at", sa.Float(), nullable=True),
        sa.Column("metadata_fields", sa.Integer(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("prepared_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index("contents_by_preparation", "contents", ["prepared_by"], unique=False)
    op.create_table(
        "distinct_pairs",
        sa.Column("a", sa.String(length=64), nullable=False),
        sa.Column("b", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.CheckConstraint("a < b", name="pair_ordered"),
        sa.PrimaryKeyConstraint("a", "b"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "journal",
        sa.Column("line", _SERIAL, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("kept_path", sa.LargeBinary(), nullable=True),
        sa.Column("kept_sha256", sa.String(length=64), nullable=True),
        sa.Column("group_id", sa.String(length=16), nullable=True),
        sa.Column("tier", sa.String(length=8), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("model", sa.String(length=160), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("line"),
        sqlite_autoincrement=True,
    )
    op.create_index("journal_by_act", "journal", ["act", "item"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("stacks", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "scans",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("folders", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("finished_at", sa.Float(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "stack_members",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stack", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
        sqlite_with_rowid=False,
    )
    op.create_index("stack_members_by_stack", "stack_members", ["stack"], unique=False)
    op.create_table(
        "assets",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("folder", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.String(length=20), nullable=False),
        sa.Column("device", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("seen_in", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(outcome = 'stored') = (sha256 is not null)", name="stored_has_content"),
        sa.CheckConstraint("outcome in ('stored', 'skipped', 'refused')", name="outcome_known"),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["contents.sha256"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("path"),
        sqlite_autoincrement=True,
    )
    op.create_index("assets_by_content", "assets", ["sha256"], unique=False)
    op.create_index("assets_by_scan", "assets", ["seen_in"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("a", sa.String(length=64), nullable=False),
        sa.Column("b", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.CheckConstraint("a < b", name="evidence_ordered"),
        sa.ForeignKeyConstraint(
            ["a"],
            ["contents.sha256"],
        ),
        sa.ForeignKeyConstraint(
            ["b"],
            ["contents.sha256"],
        ),
        sa.PrimaryKeyConstraint("method", "a", "b"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "features",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.Column("preprocess", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["contents.sha256"],
        ),
        sa.PrimaryKeyConstraint("model", "revision", "preprocess", "sha256"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "groups",
        sa.Column("review", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.Column("reclaimable", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("review", "position"),
        sqlite_with_rowid=False,
    )
    op.create_index("groups_by_id", "groups", ["id"], unique=False)
    op.create_index("groups_by_tier", "groups", ["review", "tier", "position"], unique=False)
    for verb in ("update", "delete"):
        op.execute(
            f"create trigger journal_no_{verb} before {verb} on journal "
            "begin select raise(abort, 'the journal is append-only'); end"
        )


def downgrade() -> None:
    for table in (
        "groups",
        "features",
        "evidence",
        "assets",
        "stack_members",
        "scans",
        "reviews",
        "journal",
        "distinct_pairs",
        "contents",
    ):
        op.drop_table(table)
