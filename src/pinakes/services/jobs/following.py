"""The progress of one job or of all as JSON, once or as a stream of server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from pinakes.core.errors import Overloaded
from pinakes.jobs.job import Job, State
from pinakes.jobs.runner import Jobs

#: Time between two looks at a job that is followed, seconds.
LOOK_SECONDS = 0.2

#: Time after which a silent stream says that it is alive, seconds.
HEARTBEAT_SECONDS = 15.0

#: Time after which a silent stream of all jobs says so by an event, which a page hears, unlike a comment: a
#: connection may be dead without an end, as after a sleep, or behind a proxy.
BEAT_SECONDS = 5.0

#: Most streams at once.
MOST_FOLLOWERS = 64

#: What a browser waits before it asks again for a stream that broke off, milliseconds.
RETRY_MILLISECONDS = 1000

#: Longest list that is told of a job among others; longer ones have routes of their own.
LONGEST_LIST = 20

#: Jobs that may be open at once and are followed: those that wait are bounded, few run, some are paused.
MOST_OPEN = 500

#: Newest jobs that are looked at whatever their state: some end between two looks, and are told of as well.
NEWEST = 20

_OPEN = [state for state in State if not state.final]


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
        "behind": job.behind,
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


def brief_json(job: Job) -> dict[str, Any]:
    """What a caller learns of a job among others: all but long lists, such as those of refused files."""
    return _brief(job_json(job))


def _brief(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _brief(value) if isinstance(value, dict) else value
        for name, value in said.items()
        if not (isinstance(value, list) and len(value) > LONGEST_LIST)
    }


class Followers:
    """Counts the streams that are open, and makes new ones."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._open = 0
        self._looked_at, self._seen = 0.0, dict[str, Job]()

    def response(self, job: Job) -> StreamingResponse:
        """Answer with the stream of a job's events; see `follow`."""
        return StreamingResponse(
            self.follow(job), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    def response_of_all(self) -> StreamingResponse:
        """Answer with the stream of all jobs; see `follow_all`."""
        return StreamingResponse(
            self.follow_all(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    def follow(self, job: Job) -> AsyncIterator[bytes]:
        """Return the stream of a job's events: one now, one with each change, the last when it ended.

        A service that shuts down ends the stream without `end`; who asks again finds the job where it is.

        Raises:
            Overloaded: too many streams are open.
        """
        self._admit()
        return self._stream(job)

    def follow_all(self) -> AsyncIterator[bytes]:
        """Return the stream of all jobs: `jobs` with those that have not ended, then each that changed.

        A job that changed comes as `progress`, one that ended as `end`; in silence there is a `beat` now and
        then. Ids count the events of this stream.

        Raises:
            Overloaded: too many streams are open.
        """
        self._admit()
        return self._stream_of_all()

    def _admit(self) -> None:
        if self._open >= MOST_FOLLOWERS:
            raise Overloaded(f"{MOST_FOLLOWERS} streams are open already.", retry_after=5.0)

    async def _stream_of_all(self) -> AsyncIterator[bytes]:
        self._open += 1
        try:
            told = await self._looked()
            number, spoke = 1, time.monotonic()
            is_open = [brief_json(job) for job in told.values() if not job.state.final]
            yield _written("jobs", 1, {"jobs": is_open})
            while not self._jobs.closing:
                await asyncio.sleep(LOOK_SECONDS)
                seen = await self._looked()
                changed = [job for name, job in seen.items() if told.get(name) != job]
                lost = [name for name, job in told.items() if name not in seen and not job.state.final]
                for job in [*changed, *await run_in_threadpool(self._ended, lost)]:
                    number, spoke = number + 1, time.monotonic()
                    yield _written("end" if job.state.final else "progress", number, brief_json(job))
                told = seen
                if time.monotonic() - spoke > BEAT_SECONDS:
                    number, spoke = number + 1, time.monotonic()
                    yield _written("beat", number, {})
        finally:
            self._open -= 1

    async def _looked(self) -> dict[str, Job]:
        """Open jobs and the newest of all, by name; looked up once for however many follow."""
        if time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._looked_at = time.monotonic()
            self._seen = await run_in_threadpool(self._look)
        return self._seen

    def _look(self) -> dict[str, Job]:
        # The newest come first: one that ends between the two is then found open, and ended at the next look.
        newest = self._jobs.page(limit=NEWEST)
        return {job.id: job for job in [*newest, *self._jobs.page(limit=MOST_OPEN, states=_OPEN)]}

    def _ended(self, names: Collection[str]) -> list[Job]:
        """The jobs of these names that are remembered; one may run again already."""
        return [job for name in names if (job := self._jobs.find(name)) is not None]

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
    return _written("end" if job.state.final else "progress", number, job_json(job))


def _written(name: str, number: int, said: dict[str, Any]) -> bytes:
    lines = [f"event: {name}", f"id: {number}", f"data: {json.dumps(said)}"]
    if number == 1:
        lines.insert(0, f"retry: {RETRY_MILLISECONDS}")
    return ("\n".join(lines) + "\n\n").encode("ascii")
