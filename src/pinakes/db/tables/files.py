"""Tables of what lies on disks: assets are files at paths, contents are bytes named by their SHA-256."""

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
    String,
    Table,
    Text,
    text,
)

from pinakes.db.columns import PathBytes
from pinakes.db.tables.base import SERIAL, metadata

#: One row per scan of some folders.
scans = Table(
    "scans",
    metadata,
    Column("id", SERIAL, primary_key=True),
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
    Column(
        "placeholder", String(32), comment="images.placeholders; null where prepared before there were any"
    ),
    Column("prepared_by", String(64), nullable=False, comment="revision of the preparing code"),
    Index("contents_by_preparation", "prepared_by"),
)

#: Directories that hold pictures: what permissions are about, and the tenant of every index.
directories = Table(
    "directories",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("path", PathBytes, nullable=False, unique=True),
    sqlite_autoincrement=True,
)

#: One row per file met; the path is an attribute, the content is the identity.
assets = Table(
    "assets",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("path", PathBytes, nullable=False, unique=True),
    Column("folder", PathBytes, nullable=False, comment="the folder given to the scan that met it first"),
    Column("directory", BigInteger, comment="that holds it; null unless stored"),
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
    Index("assets_by_directory", "directory"),
    Index("assets_refused", "path", sqlite_where=text("outcome = 'refused'")),
    Index("assets_missing", "path", sqlite_where=text("missing = 1")),
    sqlite_autoincrement=True,
)
