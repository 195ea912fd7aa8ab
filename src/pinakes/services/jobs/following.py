"""A job's progress as JSON, once or as a stream of server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from pinakes.core.errors import Overloaded
from pinakes.jobs.job import Job
from pinakes.jobs.runner import Jobs

#: Time between two looks at a job that is followed, seconds.
LOOK_SECONDS = 0.2

#: Time after which a silent stream says that it is alive, seconds.
HEARTBEAT_SECONDS = 15.0

#: Most streams at once.
MOST_FOLLOWERS = 64

#: What a browser waits before it asks again for a stream that broke off, milliseconds.
RETRY_MILLISECONDS = 1000


def job_json(job: Job) -> dict[str, Any]:
    """What a caller learns of a job."""
    remaining = job.remaining_seconds
    return {
        "id": job.id,
        "kind": job.kind,
        **job.about,
        "state": job.state.value,
        "phase": job.phase,
        "waiting_for": job.waiting_for,
        "done": job.done,
        "failed": job.failed,
        "total": job.total,
        "rate": round(job.rate, 1),
        "remaining_seconds": None if remaining is None else round(remaining, 1),
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "runs": job.runs,
        "error": job.error,
        **job.result,
    }


class Followers:
    """Counts the streams that are open, and makes new ones."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._open = 0

    def response(self, job: Job) -> StreamingResponse:
        """Answer with the stream of a job's events; see `follow`."""
        return StreamingResponse(
            self.follow(job), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    def follow(self, job: Job) -> AsyncIterator[bytes]:
        """Return the stream of a job's events: one now, one with each change, the last when it ended.

        A service that shuts down ends the stream without `end`; who asks again finds the job where it is.

        Raises:
            Overloaded: too many streams are open.
        """
        if self._open >= MOST_FOLLOWERS:
            raise Overloaded(f"{MOST_FOLLOWERS} streams are open already.", retry_after=5.0)
        return self._stream(job)

    async def _stream(self, job: Job) -> AsyncIterator[bytes]:
        self._open += 1
        try:
            told: Job | None = None
            number, spoke = 0, time.monotonic()
            while True:
                if job != told:
                    told, spoke, number = job, time.monotonic(), number + 1
                    yield _event(job, number)
                elif time.monotonic() - spoke > HEARTBEAT_SECONDS:
                    spoke = time.monotonic()
                    yield b": still there\n\n"
                if job.state.final or self._jobs.closing:
                    return
                await asyncio.sleep(LOOK_SECONDS)
                job = await run_in_threadpool(self._jobs.get, job.id)
        finally:
            self._open -= 1


def _event(job: Job, number: int) -> bytes:
    name = "end" if job.state.final else "progress"
    lines = [f"event: {name}", f"id: {number}", f"data: {json.dumps(job_json(job))}"]
    if number == 1:
        lines.insert(0, f"retry: {RETRY_MILLISECONDS}")
    return ("\n".join(lines) + "\n\n").encode("ascii")
