"""The tables of the shared search: indexes, their images, and embeddings by content."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from pinakes.db.tables.base import SERIAL

#: Number that the database carries; one with another was made by another version.
FORM = 1

metadata = MetaData()

#: Indexes by who made them, whose they are and which folder. A tenant's number is never given twice, so that
#: what a kill left of a deleted index belongs to nobody.
indexes = Table(
    "indexes",
    metadata,
    Column("tenant", SERIAL, primary_key=True),
    Column("caller", String(64), nullable=False, comment="name of the key; empty for the one key, or none"),
    Column("owner", BigInteger, nullable=False),
    Column("folder", BigInteger, nullable=False),
    UniqueConstraint("caller", "owner", "folder"),
    sqlite_autoincrement=True,
)

#: Images of indexes. `collection` is that which acknowledged the image's vector; null until one has.
images = Table(
    "images",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("tenant", ForeignKey("indexes.tenant", ondelete="CASCADE"), nullable=False),
    Column("image", BigInteger, nullable=False, comment="as the caller calls it"),
    Column("path", Text, comment="below the image root; null where only the vector was taken over"),
    Column("sha256", String(64)),
    Column("collection", String(64)),
    UniqueConstraint("tenant", "image"),
    Index("images_by_content", "sha256"),
    Index("images_by_collection", "collection", "tenant"),
    sqlite_autoincrement=True,
)

#: Embeddings by content and model, so that nothing is embedded twice; kept while an image has the content.
embeddings = Table(
    "embeddings",
    metadata,
    Column("sha256", String(64), nullable=False),
    Column("model", Text, nullable=False, comment="key of the model's identity"),
    Column("vector", LargeBinary, nullable=False, comment="float32 little-endian"),
    PrimaryKeyConstraint("sha256", "model"),
    sqlite_with_rowid=False,
)

#: Indexes that were deleted, and whose vectors may still be there; worked off at the next start.
leaving = Table("leaving", metadata, Column("tenant", BigInteger, primary_key=True))
