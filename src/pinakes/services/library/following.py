"""A job's progress as JSON, once or as a stream of server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from pinakes.core.errors import Overloaded
from pinakes.services.library.jobs import Job, Jobs

#: Time between two looks at a job that is followed, seconds.
LOOK_SECONDS = 0.2

#: Time after which a silent stream says that it is alive, seconds.
HEARTBEAT_SECONDS = 15.0

#: Most streams at once.
MOST_FOLLOWERS = 64


def job_json(job: Job) -> dict[str, Any]:
    """What a caller learns of a job."""
    remaining = job.remaining_seconds
    return {
        "id": job.id,
        "kind": job.kind,
        **job.about,
        "state": job.state.value,
        "phase": job.phase,
        "done": job.done,
        "total": job.total,
        "rate": round(job.rate, 1),
        "remaining_seconds": None if remaining is None else round(remaining, 1),
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "error": job.error and {"code": job.error.code, "detail": str(job.error), "remedy": job.error.remedy},
        **job.result,
    }


class Followers:
    """Counts the streams that are open, and makes new ones."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._open = 0

    def follow(self, job: Job) -> AsyncIterator[bytes]:
        """Return the stream of a job's events: one now, one with each change, the last when it ended.

        Raises:
            Overloaded: too many streams are open.
        """
        if self._open >= MOST_FOLLOWERS:
            raise Overloaded(f"{MOST_FOLLOWERS} streams are open already.", retry_after=5.0)
        return self._stream(job)

    async def _stream(self, job: Job) -> AsyncIterator[bytes]:
        self._open += 1
        try:
            told, spoke = -1, time.monotonic()
            while True:
                version, final = job.version, job.state.final
                if version != told:
                    told, spoke = version, time.monotonic()
                    yield _event(job)
                elif time.monotonic() - spoke > HEARTBEAT_SECONDS:
                    spoke = time.monotonic()
                    yield b": still there\n\n"
                if final or self._jobs.closing:
                    return
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._open -= 1


def _event(job: Job) -> bytes:
    name = "end" if job.state.final else "progress"
    return f"event: {name}\nid: {job.version}\ndata: {json.dumps(job_json(job))}\n\n".encode("ascii")
