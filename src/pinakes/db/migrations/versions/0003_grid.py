"""What a grid by date and counts of folders are read from, kept by triggers; placeholders; some indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: A row of `shown` for each asset that the condition after it lets through.
_SHOW = """
    insert into shown (month, taken_at, asset, sha256, ratio, placeholder, directory, bytes)
    select
        coalesce(strftime('%Y-%m', contents.taken_at, 'unixepoch'), 'undated'),
        case when strftime('%Y', contents.taken_at, 'unixepoch') is null then 0 else contents.taken_at end,
        assets.id, contents.sha256,
        cast(round(10000.0 * contents.width / contents.height) as integer),
        contents.placeholder, coalesce(assets.directory, -1), assets.bytes
    from assets join contents on contents.sha256 = assets.sha256
    where assets.outcome = 'stored' and not assets.missing"""

_COUNT = """
    insert into months (directory, month, count, ratios, bytes)
    select {directory}, month, count(*), sum(ratio), sum(bytes) from shown group by 1, 2"""

#: By name; `{show}` is the statement above.
_TRIGGERS = {
    "shown_counted": """after insert on shown begin
        insert into months values (0, new.month, 0, 0, 0), (new.directory, new.month, 0, 0, 0)
            on conflict do nothing;
        update months set count = count + 1, ratios = ratios + new.ratio, bytes = bytes + new.bytes
            where month = new.month and directory in (0, new.directory);
        end""",
    "shown_uncounted": """after delete on shown begin
        update months set count = count - 1, ratios = ratios - old.ratio, bytes = bytes - old.bytes
            where month = old.month and directory in (0, old.directory);
        delete from months where month = old.month and directory in (0, old.directory) and count = 0;
        end""",
    "assets_shown": """after insert on assets when new.outcome = 'stored' and not new.missing begin
        {show} and assets.id = new.id;
        end""",
    "assets_shown_anew": """after update of sha256, directory, bytes, outcome, missing on assets
        when old.sha256 is not new.sha256 or old.directory is not new.directory
            or old.bytes is not new.bytes or old.outcome is not new.outcome
            or old.missing is not new.missing begin
        delete from shown where asset = new.id;
        {show} and assets.id = new.id;
        end""",
    "assets_hidden": """after delete on assets begin
        delete from shown where asset = old.id;
        end""",
    "contents_shown_anew": """after update of taken_at, width, height, placeholder on contents
        when old.taken_at is not new.taken_at or old.width is not new.width or old.height is not new.height
            or old.placeholder is not new.placeholder begin
        delete from shown where asset in (select id from assets where sha256 = new.sha256);
        {show} and assets.sha256 = new.sha256;
        end""",
}


def upgrade() -> None:
    op.add_column("contents", sa.Column("placeholder", sa.String(length=32), nullable=True))
    op.create_table(
        "shown",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("taken_at", sa.Float(), nullable=False),
        sa.Column("asset", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("ratio", sa.Integer(), nullable=False),
        sa.Column("placeholder", sa.String(length=32), nullable=True),
        sa.Column("directory", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "taken_at", "asset"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "months",
        sa.Column("directory", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ratios", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("directory", "month"),
        sqlite_with_rowid=False,
    )
    op.execute(f"{_SHOW} order by 1, 2, 3")
    op.create_index("shown_by_asset", "shown", ["asset"], unique=True)
    op.create_index("shown_by_directory", "shown", ["directory", "month", "taken_at", "asset"], unique=False)
    for directory in ("0", "directory"):
        op.execute(_COUNT.format(directory=directory))
    for name, body in _TRIGGERS.items():
        op.execute(f"create trigger {name} {body.format(show=_SHOW)}")
    op.create_index("assets_missing", "assets", ["path"], unique=False, sqlite_where=sa.text("missing = 1"))
    op.create_index(
        "assets_refused", "assets", ["path"], unique=False, sqlite_where=sa.text("outcome = 'refused'")
    )
    op.drop_index("groups_by_tier", "groups")
    op.create_index("groups_by_tier", "groups", ["review", "tier", "position", "reclaimable"], unique=False)
