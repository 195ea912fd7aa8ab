"""What was refused of a job's folders: counted by reason, listed a page at a time, tried again alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true, update

from pinakes.db.paths import below
from pinakes.db.tables import assets, failures
from pinakes.jobs.job import Job

#: Step of files that could not be taken at all; the others are those of models: embed, caption and read.
TAKING = "take"

#: Directories of one job that tries again; with more, all of its folders are looked at.
MOST_DIRECTORIES = 1000

_PRESENT = ~assets.c.missing


class Refused:
    """The refusals that the library holds of a job's folders; none where the job is about no pictures.

    What was refused before and still is counts too: a scan that finds a file as it was says the same of it.
    """

    def __init__(self, job: Job) -> None:
        self._folders: Sequence[str] | None = job.about.get("only") or job.about.get("folders")
        self._steps = {"scan": (TAKING,), "index": ("embed",)}.get(
            job.kind, (TAKING, "embed", "caption", "read") if job.kind == "ingest" else ()
        )

    def reasons(self, connection: Connection) -> list[dict[str, Any]]:
        """Number of files by step and reason, the most first."""
        found: list[dict[str, Any]] = []
        if TAKING in self._steps:
            query = select(assets.c.reason, func.count(), func.min(assets.c.detail)).group_by(assets.c.reason)
            found += [_told(TAKING, *row) for row in connection.execute(query.where(*self._untaken()))]
        if any(step != TAKING for step in self._steps):
            number = func.count(assets.c.id.distinct())
            by = failures.c.step, failures.c.reason
            query = select(*by, number, func.min(failures.c.detail)).group_by(*by).select_from(_FAILED)
            found += [_told(*row) for row in connection.execute(query.where(*self._failed()))]
        return sorted(found, key=lambda entry: (-entry["count"], entry["step"], entry["reason"]))

    def page(
        self, connection: Connection, step: str, reason: str, *, after: str | None, limit: int
    ) -> list[dict[str, Any]]:
        """Files of one step and reason in the order of paths, after one."""
        if step not in self._steps:
            return []
        query = self._of(step, reason).order_by(assets.c.path).limit(limit)
        if after is not None:
            query = query.where(assets.c.path > after)
        return [dict(row) for row in connection.execute(query).mappings()]

    def directories(
        self, connection: Connection, step: str | None, reason: str | None
    ) -> tuple[str, ...] | None:
        """Directories that hold files of a step and reason, or of any; None where they are very many."""
        found: set[str] = set()
        for entry in self.reasons(connection):
            if step in (None, entry["step"]) and reason in (None, entry["reason"]):
                paths = connection.execute(self._of(entry["step"], entry["reason"])).mappings()
                found |= {str(row["path"]).rpartition("/")[0] or "/" for row in paths}
                if len(found) > MOST_DIRECTORIES:
                    return None
        return tuple(sorted(found))

    def forget(self, connection: Connection, reason: str | None) -> None:
        """Have files that could not be taken be read again by the next scan, though they did not change."""
        where = self._untaken() if reason is None else (*self._untaken(), assets.c.reason == reason)
        connection.execute(update(assets).where(*where).values(mtime_ns=-1))

    def _of(self, step: str, reason: str) -> Select[Any]:
        asset = (assets.c.id.label("asset"), assets.c.path, assets.c.sha256)
        if step == TAKING:
            return select(*asset, assets.c.detail).where(*self._untaken(), assets.c.reason == reason)
        # A content that several models refused is one file all the same.
        return (
            select(*asset, func.min(failures.c.detail).label("detail"))
            .select_from(_FAILED)
            .where(*self._failed(), failures.c.step == step, failures.c.reason == reason)
            .group_by(assets.c.id)
        )

    def _untaken(self) -> tuple[ColumnElement[bool], ...]:
        return (assets.c.outcome == "refused", _PRESENT, self._within())

    def _failed(self) -> tuple[ColumnElement[bool], ...]:
        return (_PRESENT, failures.c.step.in_(self._steps), self._within())

    def _within(self) -> ColumnElement[bool]:
        return true() if self._folders is None else below(self._folders)


_FAILED = failures.join(assets, assets.c.sha256 == failures.c.sha256)


def _told(step: str, reason: str, count: int, detail: str) -> dict[str, Any]:
    return {"step": step, "reason": reason, "count": count, "detail": detail}
