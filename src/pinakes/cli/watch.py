"""`pinakes watch`: take in what changes in folders, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pinakes.cli import output
from pinakes.cli.job_source import ServiceUrlOption, service_of
from pinakes.cli.options import (
    CaptionOption,
    ExcludeOption,
    FoldersArgument,
    IncludeOption,
    StateOption,
    settings,
)

if TYPE_CHECKING:
    from pinakes.core.settings import Settings
    from pinakes.ingest.source import Walk

#: Signals that end watching.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: Time between two looks at whether a service has taken a change in, seconds.
LOOK_SECONDS = 0.5


def watch(
    folders: FoldersArgument,
    caption: CaptionOption = None,
    exclude: ExcludeOption = None,
    include: IncludeOption = None,
    service_url: ServiceUrlOption = None,
    state: StateOption = None,
) -> None:
    """Take the pictures of FOLDER… in, then whatever is new, changed, moved or deleted, until Ctrl-C.

    Where a service owns the library it does the work; this process only watches. Network drives are compared
    from time to time. A drive that is detached is waited for, and nothing on it is held to be deleted.
    """
    read = settings(state)
    asked = {"caption": caption, "exclude": exclude or [], "include": include or []}
    watch_on(read, folders, asked, service_of(read, service_url))


def watch_on(read: Settings, folders: Sequence[str], asked: dict[str, Any], url: str | None) -> None:
    """Watch until a signal ends it; `asked` is what `pinakes ingest` was asked, `url` the service or None."""
    from pinakes.ingest.source import Walk, resolve_folders

    never = (str(read.state.resolve()),)
    exclude = (*read.scan.exclude, *asked["exclude"])
    walk = Walk(resolve_folders(folders), exclude, tuple(asked["include"]), never)
    stop = threading.Event()
    for number in ENDING:
        signal.signal(number, lambda *_: stop.set())
    if url is None:
        _here(read, walk, asked["caption"], stop)
    else:
        _at_service(read, url, walk, asked["caption"], stop)


def _here(read: Settings, walk: Walk, caption: bool | None, stop: threading.Event) -> None:
    from pinakes.cli.jobs_here import jobs_here, library_here
    from pinakes.services.works.watching import Ingestions, watcher_of

    with library_here(read, walk.folders) as library, jobs_here(library) as jobs:
        jobs.start()
        ingest = Ingestions(jobs, stop, caption=caption)
        watcher_of(read, library.engine, walk, _told(ingest), say=output.note).run(stop)


def _at_service(read: Settings, url: str, walk: Walk, caption: bool | None, stop: threading.Event) -> None:
    from pinakes.clients.jobs import JobsClient
    from pinakes.core.errors import PinakesError
    from pinakes.db.session import open_database
    from pinakes.services.works.watching import watcher_of

    engine = open_database(read.state)
    with JobsClient(url, api_key=read.ingest.api_key or read.application.api_key) as client:

        def ingest(some: Walk) -> None:
            for folder, only in _by_folder(some):
                job = client.ingest(
                    folder,
                    caption=caption,
                    exclude=some.exclude,
                    include=some.include,
                    only=only,
                    rest_seconds=some.rest_seconds,
                )
                while not stop.wait(LOOK_SECONDS) and job["state"] in ("queued", "running"):
                    job = client.get(job["id"])
                if job["state"] == "failed":
                    raise PinakesError(job["error"]["detail"], remedy=job["error"]["remedy"])

        try:
            watcher_of(read, engine, walk, _told(ingest), say=output.note).run(stop)
        finally:
            engine.dispose()


def _by_folder(walk: Walk) -> list[tuple[str, list[str]]]:
    """The directories to scan, by the watched folder that they lie in; those that JSON can name."""
    from pinakes.core.paths import is_under

    named = [path for path in walk.reach if _is_text(path)]
    if len(named) < len(walk.reach):
        output.note("A directory whose name is no text is left to the next `pinakes scan` or ingestion.")
    found = [(folder, [path for path in named if is_under(path, folder)]) for folder in walk.folders]
    return [(folder, only) for folder, only in found if only]


def _is_text(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _told(ingest: Callable[[Walk], None]) -> Callable[[Walk], None]:
    """Say what is looked at, and how long it took."""

    def told(walk: Walk) -> None:
        started = time.monotonic()
        ingest(walk)
        shown = output.printable(os.path.commonpath(walk.reach))
        number = len(walk.reach)
        what = shown if number == 1 else f"{number:,} directories below {shown}"
        output.note(f"{time.strftime('%H:%M:%S')} {what}: taken in, in {time.monotonic() - started:.1f} s.")

    return told
