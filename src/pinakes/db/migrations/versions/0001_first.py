"""The first shape: assets, contents, evidence, reviews, and a journal that cannot be changed."""

from alembic import op

from pinakes.db.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    for verb in ("update", "delete"):
        op.execute(
            f"create trigger journal_no_{verb} before {verb} on journal "
            "begin select raise(abort, 'the journal is append-only'); end"
        )


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
