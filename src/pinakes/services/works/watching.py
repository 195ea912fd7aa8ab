"""Watching folders for a process that runs jobs: what changed is ingested, one change after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from pinakes.core import logging
from pinakes.core.errors import InvalidRequest, PinakesError
from pinakes.core.paths import is_under
from pinakes.core.settings import Settings
from pinakes.db.tables import choices
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

#: Name of the choice that holds the roots that are watched.
WATCHED = "watched-roots"

#: Manner of a folder that was chosen and that the watcher has not come to yet.
BEGINNING = "beginning"


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
    """Watches chosen roots of a library in a thread of its own; the choice is kept over a restart."""

    def __init__(self, library: Library, jobs: Jobs, metrics: WatchMetrics | None = None) -> None:
        self._library = library
        self._stop = threading.Event()
        self._choosing = threading.Lock()
        self._chosen: frozenset[str] = frozenset()
        settings = library.settings
        walk = Walk((), settings.scan.exclude, never=(str(settings.state.resolve()),))
        say = logging.get("watch").warning
        ingest = Ingestions(jobs, self._stop)
        self._watcher = watcher_of(settings, library.engine, walk, ingest, say=say, metrics=metrics)
        self._thread = threading.Thread(target=self._run, name="pinakes-watch", daemon=True)

    def start(self, *, every: bool = False) -> None:
        """Begin with the roots that were chosen before, or with every one; each is ingested once."""
        roots = frozenset(self._library.roots)
        with self._choosing:
            self._follow(roots if every else roots & chosen_before(self._library.engine))

    def choose(self, root: str, *, watched: bool) -> None:
        """Have a root watched from now on, or no more; a scan of it that runs is finished first.

        Raises:
            InvalidRequest: the library has no such root.
        """
        if root not in self._library.roots:
            raise InvalidRequest(
                f"{root!r} is none of the folders that the application was started with.",
                remedy="Name the one that holds it; it is watched as a whole.",
            )
        with self._choosing:
            chosen = self._chosen | {root} if watched else self._chosen - {root}
            keep_chosen(self._library.engine, chosen)
            self._follow(chosen)

    def manner_in(self, folder: str) -> dict[str, str] | None:
        """How changes in a folder are noticed, with a sentence why; None where nobody looks for any."""
        if not any(is_under(folder, root) for root in self._chosen):
            return None
        around = [place for place in self._watcher.places if is_under(folder, place.folder)]
        if not around:
            return {"manner": BEGINNING, "why": ""}
        nearest = max(around, key=lambda place: len(place.folder))
        return {"manner": nearest.manner.value, "why": nearest.why}

    def close(self, seconds: float) -> None:
        """End watching, and wait for it so long at most."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _follow(self, chosen: frozenset[str]) -> None:
        self._chosen = chosen
        self._watcher.watch(outermost(chosen))
        # A library of which nothing was ever watched has no thread for it.
        if chosen and self._thread.ident is None:
            self._thread.start()

    def _run(self) -> None:
        try:
            self._watcher.run(self._stop)
        except Exception as error:
            logging.get("watch").error("watching-ended", exc_info=error)


def chosen_before(engine: Engine) -> frozenset[str]:
    """The roots that were last chosen to be watched."""
    with engine.execution_options(readonly=True).connect() as connection:
        kept = connection.scalar(select(choices.c.value).where(choices.c.name == WATCHED))
    return frozenset(kept) if isinstance(kept, list) else frozenset()


def keep_chosen(engine: Engine, roots: frozenset[str]) -> None:
    """Keep which roots are watched."""
    value = sorted(roots)
    statement = insert(choices).values(name=WATCHED, value=value)
    with engine.begin() as connection:
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
