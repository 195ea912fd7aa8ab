"""The table of jobs: long work that a person started and follows, and that outlives its process."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Float, Index, Integer, String, Table

from pinakes.db.tables.base import metadata

#: One row per job; its items are rows of their own where they belong (assets, failures).
jobs = Table(
    "jobs",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("kind", String(16), nullable=False, comment="scan, ingest, review, …"),
    Column("about", JSON, nullable=False, comment="what was asked, enough to do it again"),
    Column("state", String(16), nullable=False),
    Column("wanted", String(16), nullable=False, comment="what was asked last: running, paused, cancelled"),
    Column("phase", String(64), nullable=False),
    Column("waiting_for", String(256), comment="why it does not advance now, a sentence; null where it does"),
    Column("done", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("total", BigInteger, comment="null while it is being counted"),
    Column("rate", Float, nullable=False, comment="items a second"),
    Column("result", JSON, nullable=False),
    Column("error", JSON, comment="code, detail and remedy of what ended it"),
    Column("created_at", Float, nullable=False, comment="Unix time, seconds; so are the others"),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column(
        "runs",
        Integer,
        nullable=False,
        comment="times it was begun: again after a kill or a pause",
    ),
    Column("deaths", Integer, nullable=False, comment="processes that died soon after they took it up"),
    Column("owner", String(64), comment="the process that runs it"),
    Column("alive_at", Float, comment="when that process last said so"),
    CheckConstraint(
        "state in ('queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled')", name="state_known"
    ),
    Index("jobs_by_state", "state", "created_at"),
)
