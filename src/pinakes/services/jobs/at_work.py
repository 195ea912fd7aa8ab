"""A library at work: its jobs, what watches its folders, and what both count."""

from __future__ import annotations

from pinakes.jobs.runner import Jobs
from pinakes.services.jobs.metrics import JobMetrics
from pinakes.services.opened import Library
from pinakes.services.works.every import every_kind
from pinakes.services.works.watching import Watching

#: Time the running jobs are given to store what they have when the service stops, seconds.
DRAIN_SECONDS = 6.0


class AtWork:
    """The works of one library in one process; nothing begins until `jobs` and `watching` are started.

    Attributes:
        metrics: what the jobs, the indexing in them and the watching count.
        jobs: of every kind.
        watching: ingests what changes, as jobs.
    """

    def __init__(self, library: Library) -> None:
        self.metrics = JobMetrics()
        kinds = every_kind(library, self.metrics.indexing)
        self.jobs = Jobs(library.engine, kinds, ended=self.metrics.ended)
        self.watching = Watching(library, self.jobs, self.metrics.watching)

    def drain(self) -> None:
        """End the jobs, so that they go on when the service is started again."""
        self.jobs.close(DRAIN_SECONDS)

    def close(self) -> None:
        """End the watching, then the jobs; the library may be closed after."""
        self.watching.close(DRAIN_SECONDS)
        self.drain()
