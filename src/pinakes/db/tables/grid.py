"""Tables that a grid by date is read from; triggers keep them in step with assets, whoever writes those."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, PrimaryKeyConstraint, String, Table

from pinakes.db.tables.base import metadata

#: Name of the month of pictures that have no date.
UNDATED = "undated"

#: Directory in `months` that stands for the whole library; of no directory in the library is it the number.
EVERYWHERE = 0

#: `shown.ratio` is width by height times this, so that sums are exact.
RATIO_UNIT = 10_000

#: One row per picture that is there, stored in the order of dates: a page of a month is one stretch of it.
shown = Table(
    "shown",
    metadata,
    Column("month", String(7), nullable=False, comment="2019-07, or undated"),
    Column("taken_at", Float, nullable=False, comment="as of the content; 0 in the month undated"),
    Column("asset", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("ratio", Integer, nullable=False, comment="10,000 × width / height, upright"),
    Column("placeholder", String(32), comment="as of the content"),
    Column("directory", BigInteger, nullable=False, comment="-1 where it is not known"),
    Column("bytes", BigInteger, nullable=False, comment="as of the asset"),
    PrimaryKeyConstraint("month", "taken_at", "asset"),
    Index("shown_by_asset", "asset", unique=True),
    Index("shown_by_directory", "directory", "month", "taken_at", "asset"),
    sqlite_with_rowid=False,
)

#: How many rows of `shown` each directory, and all of them together, have of each month.
months = Table(
    "months",
    metadata,
    Column("directory", BigInteger, nullable=False, comment="0 is the whole library"),
    Column("month", String(7), nullable=False),
    Column("count", Integer, nullable=False),
    Column("ratios", BigInteger, nullable=False, comment="sum of shown.ratio"),
    Column("bytes", BigInteger, nullable=False, comment="sum of shown.bytes"),
    PrimaryKeyConstraint("directory", "month"),
    sqlite_with_rowid=False,
)
