"""Watching folders for a process that runs jobs: what changed is ingested, one change after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import Engine

from pinakes.core import logging
from pinakes.core.errors import PinakesError
from pinakes.core.settings import Settings
from pinakes.ingest.source import Walk, outermost
from pinakes.ingest.watching.metrics import WatchMetrics
from pinakes.ingest.watching.watcher import Watcher
from pinakes.jobs.job import State
from pinakes.jobs.runner import Jobs
from pinakes.services.opened import Library
from pinakes.services.works.ingesting import KIND, asked_of

#: Time between two looks at whether a change was taken in, seconds.
LOOK_SECONDS = 0.2

#: Most directories that a job is limited to.
MOST_DIRECTORIES = 1000


def watcher_of(
    settings: Settings,
    engine: Engine,
    walk: Walk,
    ingest: Callable[[Walk], None],
    *,
    say: Callable[[str], None] = lambda _: None,
    metrics: WatchMetrics | None = None,
) -> Watcher:
    """Make a watcher that gives what changed to `ingest`, as the walk to scan."""

    def changed(directories: frozenset[str]) -> None:
        # Never the folder above instead of many: a drive in it may be absent, and hold what is not to go.
        ordered = sorted(directories)
        for at in range(0, len(ordered), MOST_DIRECTORIES):
            ingest(watcher.scannable(frozenset(ordered[at : at + MOST_DIRECTORIES])))

    watcher = Watcher(engine, walk, changed, settings.watch, say=say, metrics=metrics)
    return watcher


class Ingestions:
    """Has changes ingested as jobs of this process, and waits for each, so that they never pile up."""

    def __init__(self, jobs: Jobs, stop: threading.Event, *, caption: bool | None = None) -> None:
        self._jobs, self._stop, self._caption = jobs, stop, caption

    def __call__(self, walk: Walk) -> None:
        """Ingest what a watcher wants scanned.

        Raises:
            Overloaded: too many jobs wait.
            PinakesError: the job failed.
        """
        about = asked_of(
            walk.folders,
            caption=self._caption,
            exclude=walk.exclude,
            include=walk.include,
            only=walk.reach,
            rest_seconds=walk.rest_seconds,
        )
        job = self._jobs.submit(KIND, about, once=True)
        while not (job.state.final or job.state is State.PAUSED or self._stop.wait(LOOK_SECONDS)):
            job = self._jobs.get(job.id)
        if job.state is State.FAILED and job.error is not None:
            raise PinakesError(job.error["detail"], remedy=job.error["remedy"])


class Watching:
    """Watches the roots of a library in a thread of its own, from start to close."""

    def __init__(self, library: Library, jobs: Jobs, metrics: WatchMetrics | None = None) -> None:
        self._stop = threading.Event()
        settings = library.settings
        never = (str(settings.state.resolve()),)
        walk = Walk(outermost(library.roots), settings.scan.exclude, never=never)
        say = logging.get("watch").warning
        ingest = Ingestions(jobs, self._stop)
        self.watcher = watcher_of(settings, library.engine, walk, ingest, say=say, metrics=metrics)
        self._thread = threading.Thread(target=self._run, name="pinakes-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch; every folder is ingested once at the start."""
        self._thread.start()

    def close(self, seconds: float) -> None:
        """End watching, and wait for it so long at most."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self.watcher.run(self._stop)
        except Exception as error:
            logging.get("watch").error("watching-ended", exc_info=error)
