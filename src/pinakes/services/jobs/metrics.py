"""What a service that runs jobs counts."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Histogram

from pinakes.ingest.indexing.metrics import IndexMetrics
from pinakes.ingest.watching.metrics import WatchMetrics
from pinakes.jobs.job import Job

#: Upper bounds of the duration of jobs, seconds: a second to a day.
JOB_SECONDS = (1, 5, 15, 60, 300, 900, 3600, 14400, 86400)


class JobMetrics:
    """Counts on a registry of its own, so that several applications can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.indexing = IndexMetrics(self.registry)
        self.watching = WatchMetrics(self.registry)
        self._jobs = Counter(
            "pinakes_jobs", "Jobs by kind and how they ended.", ["kind", "state"], registry=self.registry
        )
        self._seconds = Histogram(
            "pinakes_job_seconds",
            "Time a job ran.",
            ["kind"],
            buckets=JOB_SECONDS,
            registry=self.registry,
        )

    def ended(self, job: Job) -> None:
        """Count a job that ended."""
        self._jobs.labels(job.kind, job.state.value).inc()
        if job.started_at is not None:
            self._seconds.labels(job.kind).observe((job.finished_at or time.time()) - job.started_at)
