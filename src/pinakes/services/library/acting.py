"""What the routes that change files share: who acts, what becomes a job, and how acts are told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import Request

from pinakes.duplicates.resolution.foresight import Foresight
from pinakes.duplicates.resolution.resolve import ActReport
from pinakes.services.jobs.routes import problem

#: Who acted where no key is asked for.
ACTOR = "api"

#: Files that are changed within a request; more are changed by a job.
MOST_AT_ONCE = 200

#: What a route that changes files may answer besides what it did.
CHANGING: dict[int | str, dict[str, Any]] = {
    400: problem("What is asked is none, or too much of it."),
    403: problem("A folder is outside of the allowed ones, or the key may not."),
    404: problem("There is no such review, group, plan, act or item."),
    409: problem("Another process changes files, or a folder cannot be written."),
    429: problem("Too many jobs wait."),
    507: problem("A disk is full; what was done is journalled."),
}


def actor_of(request: Request) -> str:
    """Who acts: the API, and by which key where there is one."""
    key: str = request.state.key
    return f"{ACTOR}:{key}" if key else ACTOR


def is_much(items: int, as_job: bool | None) -> bool:
    """Whether a job changes so many files, unless it was said."""
    return items > MOST_AT_ONCE if as_job is None else as_job


def report_json(report: ActReport) -> dict[str, Any]:
    """What became of an act as JSON values."""
    return {**asdict(report), "failed": _pairs(report.failed)}


def foresight_json(seen: Foresight) -> dict[str, Any]:
    """What would become of acts as JSON values."""
    return {**asdict(seen), "acts": list(seen.acts), "refused": _pairs(seen.refused)}


def _pairs(failed: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"path": path, "reason": reason} for path, reason in failed]
