"""Where the command line finds jobs: at a service that runs, else in the state itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

if TYPE_CHECKING:
    from pinakes.core.settings import Settings
    from pinakes.jobs.runner import Jobs

ServiceUrlOption = Annotated[
    str | None,
    typer.Option(
        "--service-url",
        metavar="URL",
        help="Service that runs the jobs. Default: the one that owns the library, if one does.",
    ),
]


class JobSource(Protocol):
    """Answers jobs as JSON; a service or the state."""

    def get(self, name: str) -> dict[str, Any]:
        """How far a job is."""
        ...

    def page(self, *, limit: int, cursor: str | None = None) -> dict[str, Any]:
        """Jobs, newest first."""
        ...

    def steer(self, verb: str, name: str) -> dict[str, Any]:
        """Have a job `cancel`, `pause`, `resume` or `retry`."""
        ...


class StoredJobs:
    """Implements `JobSource` on the rows of the library."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def get(self, name: str) -> dict[str, Any]:
        """How far a job is."""
        from pinakes.services.jobs.following import job_json

        return job_json(self._jobs.get(name))

    def page(self, *, limit: int, cursor: str | None = None) -> dict[str, Any]:
        """The newest jobs; `cursor` is for services."""
        from pinakes.services.jobs.following import job_json

        return {"jobs": [job_json(job) for job in self._jobs.page(limit=limit)], "next": None}

    def steer(self, verb: str, name: str) -> dict[str, Any]:
        """Have a job `cancel`, `pause`, `resume` or `retry`; whichever process runs it hears of it."""
        from pinakes.services.jobs.following import job_json

        acts = {each.__name__: each for each in (self._jobs.cancel, self._jobs.pause)}
        acts |= {each.__name__: each for each in (self._jobs.resume, self._jobs.retry)}
        return job_json(acts[verb](name))


def service_of(read: Settings, given: str | None) -> str | None:
    """Base URL of the service to ask: the one given, else the one that owns the state, else None."""
    from pinakes.services.owner import running_service

    return given or running_service(read.state)


@contextmanager
def job_source(read: Settings, given: str | None) -> Iterator[JobSource]:
    """Open where jobs are found."""
    url = service_of(read, given)
    if url is not None:
        from pinakes.clients.jobs import JobsClient

        with JobsClient(url, api_key=read.ingest.api_key or read.application.api_key) as client:
            yield client
        return
    from pinakes.db.session import open_database
    from pinakes.jobs.runner import Jobs

    engine = open_database(read.state)
    try:
        yield StoredJobs(Jobs(engine, {}))
    finally:
        engine.dispose()
