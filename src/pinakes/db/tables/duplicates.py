"""Tables of duplicates: evidence, what people decided, reviews with their groups, and the journal."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
)

from pinakes.db.columns import PathBytes
from pinakes.db.tables.base import SERIAL, metadata

#: What a costly check of two contents found, also when it found nothing.
evidence = Table(
    "evidence",
    metadata,
    Column("a", String(64), ForeignKey("contents.sha256"), nullable=False),
    Column("b", String(64), ForeignKey("contents.sha256"), nullable=False),
    Column("method", String(64), nullable=False, comment="name and revision of the check"),
    Column("tier", String(8), nullable=False),
    Column("score", Float, nullable=False, comment="0 to 1, higher is better"),
    Column("detail", JSON, nullable=False),
    PrimaryKeyConstraint("method", "a", "b"),
    CheckConstraint("a < b", name="evidence_ordered"),
    sqlite_with_rowid=False,
)

#: Pairs that a person said are no duplicates; survives rescans, moves and re-embedding.
distinct_pairs = Table(
    "distinct_pairs",
    metadata,
    Column("a", String(64), nullable=False),
    Column("b", String(64), nullable=False),
    Column("act", String(32), nullable=False, comment="the act that said so"),
    PrimaryKeyConstraint("a", "b"),
    CheckConstraint("a < b", name="pair_ordered"),
    sqlite_with_rowid=False,
)

#: Stacks that a person made; a content is in at most one.
stack_members = Table(
    "stack_members",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("stack", String(32), nullable=False),
    Column("act", String(32), nullable=False),
    Index("stack_members_by_stack", "stack"),
    sqlite_with_rowid=False,
)

#: The last review made of each scope (folders, tiers, presets, rules); replaced as a whole.
reviews = Table(
    "reviews",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("scope", JSON, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("stacks", JSON, nullable=False),
)

#: Duplicate groups of a review, in the order they are shown.
groups = Table(
    "groups",
    metadata,
    Column("review", String(16), ForeignKey("reviews.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column(
        "id", String(16), nullable=False, comment="from its contents and tier: the same group keeps its id"
    ),
    Column("tier", String(8), nullable=False),
    Column("reclaimable", BigInteger, nullable=False, comment="bytes freed when all but the keeper go"),
    Column("body", JSON, nullable=False, comment="keep, why and the assets with their evidence"),
    PrimaryKeyConstraint("review", "position"),
    Index("groups_by_id", "id"),
    Index("groups_by_tier", "review", "tier", "position", "reclaimable"),
    sqlite_with_rowid=False,
)

#: Append-only: triggers refuse every update and delete.
journal = Table(
    "journal",
    metadata,
    Column("line", SERIAL, primary_key=True),
    Column("at", Float, nullable=False, comment="Unix time, seconds"),
    Column("act", String(32), nullable=False, comment="one resolve or undo call; its id is what undo takes"),
    Column("actor", String(128), nullable=False),
    Column("event", String(16), nullable=False, comment="planned, done, failed, undone"),
    Column("item", Integer, nullable=False, comment="number of the item within the act"),
    Column("verb", String(16), nullable=False, comment="trash, hardlink, symlink, keep, distinct, stack"),
    Column("path", PathBytes),
    Column("sha256", String(64)),
    Column("kept_path", PathBytes),
    Column("kept_sha256", String(64)),
    Column("group_id", String(16)),
    Column("tier", String(8)),
    Column("score", Float),
    Column("model", String(160), comment="what produced the evidence, with its revision"),
    Column("detail", JSON, nullable=False),
    Index("journal_by_act", "act", "item"),
    sqlite_autoincrement=True,
)
