"""Rows of jobs, and what reading and writing them has in common."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from pinakes.core.errors import NotFound, Overloaded
from pinakes.db.tables import jobs
from pinakes.jobs.job import Job, State

#: Jobs that may wait for their turn.
MOST_WAITING = 64

#: What a caller is told to wait when too many jobs wait, seconds.
RETRY_SECONDS = 10.0

#: States of jobs that have ended.
FINAL = [state.value for state in State if state.final]

#: What a job has to which nothing happened yet, and one that has not got anywhere in this run.
NEW: dict[str, Any] = {
    "wanted": State.RUNNING.value,
    "owner": None,
    "alive_at": None,
    "deaths": 0,
    "error": None,
}
BLANK: dict[str, Any] = {
    "phase": "",
    "waiting_for": None,
    "done": 0,
    "failed": 0,
    "total": None,
    "rate": 0.0,
}


def job_of(row: RowMapping) -> Job:
    """The job of a row."""
    values = {field.name: row[field.name] for field in fields(Job) if field.name in row}
    return Job(**{**values, "state": State(row["state"])})


def row_of(connection: Connection, name: str) -> RowMapping:
    """The row of a job.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(select(jobs).where(jobs.c.id == name)).mappings().first()
    if row is None:
        raise NotFound(
            f"There is no job {ascii(name)[1:-1]!r}.",
            remedy="`pinakes jobs list` and GET /api/v1/jobs list them.",
        )
    return row


def changed(connection: Connection, name: str, values: dict[str, Any]) -> Job:
    """Write to the row of a job, and return the job."""
    connection.execute(update(jobs).where(jobs.c.id == name).values(**values))
    return job_of(row_of(connection, name))


def refuse_too_many(connection: Connection) -> None:
    """Raise Overloaded where as many jobs wait as may."""
    query = select(func.count()).select_from(jobs).where(jobs.c.state == State.QUEUED.value)
    waiting = connection.scalar(query) or 0
    if waiting >= MOST_WAITING:
        raise Overloaded(
            f"{waiting} jobs wait already; no more are taken now.",
            retry_after=RETRY_SECONDS,
            remedy="Cancel one, or try again when they are done.",
        )
