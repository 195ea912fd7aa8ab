"""The library's tables: assets are files at paths, contents are bytes named by their SHA-256."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from pinakes.db.columns import PathBytes

metadata = MetaData()

#: Integer key that grows for ever and is never given twice, also after deletes.
_SERIAL = BigInteger().with_variant(Integer, "sqlite")

#: One row per scan of some folders.
scans = Table(
    "scans",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("folders", JSON, nullable=False),
    Column("started_at", Float, nullable=False, comment="Unix time, seconds"),
    Column("finished_at", Float, comment="null while running or when interrupted"),
    Column("counts", JSON),
    sqlite_autoincrement=True,
)

#: One row per distinct picture, by what its bytes are; everything computed hangs on it.
contents = Table(
    "contents",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("format", String(16), nullable=False, comment="JPEG, PNG, HEIF, …"),
    Column("mode", String(16), nullable=False, comment="mode as stored in the file, Pillow's names"),
    Column("width", Integer, nullable=False, comment="pixels, orientation applied"),
    Column("height", Integer, nullable=False, comment="pixels, orientation applied"),
    Column("frames", Integer, nullable=False),
    Column("perceptual_hash", LargeBinary, nullable=False, comment="32 bytes, images.perceptual"),
    Column("hash_quality", Integer, nullable=False, comment="0 to 100"),
    Column(
        "pixels_sha256", String(64), comment="null until it was needed; 'unusable' where none can be made"
    ),
    Column("taken_at", Float, comment="Unix time as if the camera's clock were UTC, fraction kept"),
    Column("metadata_fields", Integer, nullable=False, comment="how many EXIF fields the file carries"),
    Column("metadata", JSON, nullable=False, comment="camera, lens, place, and where each came from"),
    Column("prepared_by", String(64), nullable=False, comment="revision of the preparing code"),
    Index("contents_by_preparation", "prepared_by"),
)

#: One row per file met; the path is an attribute, the content is the identity.
assets = Table(
    "assets",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("path", PathBytes, nullable=False, unique=True),
    Column("folder", PathBytes, nullable=False, comment="the folder given to the scan that met it first"),
    Column("sha256", String(64), ForeignKey("contents.sha256"), comment="null unless stored"),
    Column("bytes", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("inode", String(20), nullable=False),
    Column("device", String(20), nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("reason", String(32)),
    Column("detail", Text),
    Column("seen_in", BigInteger, nullable=False, comment="last scan that met it"),
    Column(
        "missing",
        Boolean,
        nullable=False,
        default=False,
        comment="not there at the last scan; nothing is forgotten",
    ),
    CheckConstraint("outcome in ('stored', 'skipped', 'refused')", name="outcome_known"),
    CheckConstraint("(outcome = 'stored') = (sha256 is not null)", name="stored_has_content"),
    Index("assets_by_content", "sha256"),
    Index("assets_by_scan", "seen_in"),
    sqlite_autoincrement=True,
)

#: Anything a model computed from a content, never computed twice.
features = Table(
    "features",
    metadata,
    Column("sha256", String(64), ForeignKey("contents.sha256"), nullable=False),
    Column("model", String(64), nullable=False),
    Column("revision", String(32), nullable=False),
    Column("preprocess", String(64), nullable=False),
    Column("value", LargeBinary, nullable=False, comment="float32 little-endian, or the model's own form"),
    PrimaryKeyConstraint("model", "revision", "preprocess", "sha256"),
    sqlite_with_rowid=False,
)

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
    Index("groups_by_tier", "review", "tier", "position"),
    sqlite_with_rowid=False,
)

#: Append-only: triggers refuse every update and delete.
journal = Table(
    "journal",
    metadata,
    Column("line", _SERIAL, primary_key=True),
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
