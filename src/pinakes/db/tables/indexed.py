"""Tables of what models said of contents, and of where it can be found."""

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
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from pinakes.db.tables.base import SERIAL, metadata

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

#: Words that a model wrote of a content (caption) or read in it (text); never computed twice.
texts = Table(
    "texts",
    metadata,
    Column("sha256", String(64), ForeignKey("contents.sha256"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("model", String(200), nullable=False, comment="name@revision+preprocess"),
    Column("value", Text, nullable=False, comment="empty where the model found no words"),
    PrimaryKeyConstraint("kind", "model", "sha256"),
    CheckConstraint("kind in ('caption', 'text')", name="text_kind_known"),
    Index("texts_by_content", "sha256"),
    sqlite_with_rowid=False,
)

#: What a model refused of a content, so that it is asked again only when a person wants it.
failures = Table(
    "failures",
    metadata,
    Column("sha256", String(64), ForeignKey("contents.sha256"), nullable=False),
    Column("step", String(8), nullable=False, comment="embed, caption or read"),
    Column("model", String(200), nullable=False, comment="name@revision+preprocess"),
    Column("reason", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failed_at", Float, nullable=False, comment="Unix time, seconds"),
    PrimaryKeyConstraint("step", "model", "sha256"),
    sqlite_with_rowid=False,
)

#: Which asset is in which index, and as what. A row comes before the index is written and has a digest once
#: the index acknowledged it, so that a kill between the two leaves nothing in an index that no row names.
indexed = Table(
    "indexed",
    metadata,
    Column("index", String(64), nullable=False, comment="name of a collection, or 'words'"),
    Column("asset", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column(
        "payload",
        String(64),
        nullable=False,
        comment="digest of what the index was told, with a colon; empty: about to be told; ?: tell it anew",
    ),
    PrimaryKeyConstraint("index", "asset"),
    Index("indexed_by_asset", "asset"),
    sqlite_with_rowid=False,
)

#: What is chosen for the whole library, by name: the collection that answers, and the one before it.
choices = Table(
    "choices",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
    sqlite_with_rowid=False,
)

#: Searches that were made here, so that another model can be compared on them; bounded, oldest go first.
searches = Table(
    "searches",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("asked_at", Float, nullable=False, comment="Unix time, seconds"),
    Column("question", JSON, nullable=False),
    sqlite_autoincrement=True,
)

#: Pictures of an embedding space: two coordinates for each of many assets.
maps = Table(
    "maps",
    metadata,
    Column("collection", String(64), primary_key=True),
    Column("method", String(32), nullable=False, comment="how the plane was found, with its revision"),
    Column("made_at", Float, nullable=False, comment="Unix time, seconds"),
    Column("count", BigInteger, nullable=False),
    Column("about", JSON, nullable=False),
    Column("assets", LargeBinary, nullable=False, comment="int64 little-endian, (count,)"),
    Column("points", LargeBinary, nullable=False, comment="first 8 bytes of each point's id, (count,)"),
    Column("places", LargeBinary, nullable=False, comment="float32 little-endian, (count, 2), -1 to 1"),
    sqlite_with_rowid=False,
)
