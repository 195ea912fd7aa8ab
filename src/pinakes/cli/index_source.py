"""Where the command line finds indexes: at the service that owns the library, else in the state itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from pinakes.cli import output
from pinakes.cli.failing import Left
from pinakes.cli.job_display import followed
from pinakes.cli.jobs_here import jobs_here, library_here
from pinakes.clients.indexes import IndexesClient
from pinakes.core.settings import Settings
from pinakes.services.jobs.following import job_json
from pinakes.services.opened import Library
from pinakes.services.owner import running_service
from pinakes.services.switching.switching import Switching
from pinakes.services.works.reindexing import KIND, asked_of

#: Time that comparing may take at a service, which may have to load both models, seconds.
SERVICE_SECONDS = 600.0


class IndexSource(Protocol):
    """What the commands ask; answers are those of `schemas.switching`."""

    def indexes(self) -> list[dict[str, Any]]:
        """Every index."""
        ...

    def built(self, model: str, *, again: bool) -> dict[str, Any]:
        """Build an index, and show how far it is until it ends; the job."""
        ...

    def compare(self, index: str, queries: Sequence[str], *, past: int, limit: int) -> dict[str, Any]:
        """How answers would change."""
        ...

    def use(self, index: str, *, incomplete: bool) -> dict[str, Any]:
        """Have an index answer."""
        ...

    def back(self) -> dict[str, Any]:
        """Have the index answer that did before."""
        ...

    def drop(self, index: str) -> dict[str, Any]:
        """Forget an index."""
        ...


class ServedIndexes(IndexesClient):
    """Implements `IndexSource` at a service."""

    def built(self, model: str, *, again: bool) -> dict[str, Any]:
        """Have the service build an index; Ctrl-C leaves it to that."""
        job = self.build(model, again=again)
        try:
            return followed(lambda: self.get(job["id"]))
        except KeyboardInterrupt:
            raise Left(
                f"The service at {self.url} goes on with it. `pinakes jobs show {job['id']}` says how far it "
                f"is, `pinakes jobs cancel {job['id']}` ends it."
            ) from None


class OwnIndexes:
    """Implements `IndexSource` in this process."""

    def __init__(self, library: Library) -> None:
        self._library, self._switching = library, Switching(library)

    def indexes(self) -> list[dict[str, Any]]:
        """Every index."""
        return self._switching.listed()

    def built(self, model: str, *, again: bool) -> dict[str, Any]:
        """Build an index here; interrupted, it is paused, and the same command goes on."""
        with jobs_here(self._library) as jobs:
            job = jobs.submit(KIND, asked_of(model, again=again), once=True)
            jobs.start(only=job.id)
            try:
                return followed(lambda: job_json(jobs.get(job.id)))
            except KeyboardInterrupt:
                jobs.pause(job.id)
                raise

    def compare(self, index: str, queries: Sequence[str], *, past: int, limit: int) -> dict[str, Any]:
        """How answers would change."""
        with output.progress("Comparing") as update:
            return self._switching.compared(index, queries, past=past, limit=limit, watch=update)

    def use(self, index: str, *, incomplete: bool) -> dict[str, Any]:
        """Have an index answer."""
        return self._switching.use(index, incomplete=incomplete)

    def back(self) -> dict[str, Any]:
        """Have the index answer that did before."""
        return self._switching.back()

    def drop(self, index: str) -> dict[str, Any]:
        """Forget an index."""
        return self._switching.drop(index)


@contextmanager
def index_source(read: Settings) -> Iterator[IndexSource]:
    """Open where indexes are found."""
    url = running_service(read.state)
    if url is not None:
        key = read.application.api_key or read.ingest.api_key
        with ServedIndexes(url, api_key=key, seconds=SERVICE_SECONDS) as client:
            yield client
        return
    with library_here(read) as library:
        yield OwnIndexes(library)
