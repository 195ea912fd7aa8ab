"""Builds the application from settings and runs it: the library's routes in one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from pinakes.core import logging
from pinakes.core.settings import Settings
from pinakes.images.processes import Workers
from pinakes.jobs.runner import Jobs
from pinakes.services.http.app import create_application
from pinakes.services.http.keys import has_key, one_key
from pinakes.services.jobs.metrics import JobMetrics
from pinakes.services.jobs.watching import watching_routes
from pinakes.services.library.routes import routes
from pinakes.services.library.uploads.routes import UPLOADS
from pinakes.services.library.viewing.routes import viewing_routes
from pinakes.services.opened import Library, open_library
from pinakes.services.owner import owning
from pinakes.services.pages.routes import OPEN_PATHS, are_built, page_routes
from pinakes.services.pages.session_routes import PATH as SESSION
from pinakes.services.pages.session_routes import session_routes
from pinakes.services.process import check_bind, open_listener, run, url_of
from pinakes.services.works import ingesting
from pinakes.services.works.every import every_kind
from pinakes.services.works.watching import Watching

#: Largest request body, bytes: a resolution may name a hundred thousand groups and what to keep of each.
MAX_BODY_BYTES = 64 * 2**20

#: Time the running jobs are given to store what they have when the service stops, seconds.
DRAIN_SECONDS = 6.0


def serve(
    settings: Settings,
    folders: Sequence[str] = (),
    *,
    host: str | None = None,
    port: int | None = None,
    watch: bool = False,
) -> None:
    """Run the application until SIGTERM or SIGINT; jobs that run go on when it is started again.

    Host and port are the settings' unless given. `folders` are ingested at the start, and are the roots
    that may be scanned and changed over the API, beside those of the settings. With `watch`, what changes in
    any root is ingested as it changes; else in those roots that were last chosen for it.

    Raises:
        UnsafeSettings: it would listen beyond this machine without a key.
        PortTaken: something else holds the port.
        InvalidRequest: the host or port cannot be listened on.
        StateBusy: another process owns the library.
        StateUnusable, DiskFull: the library cannot be opened.
        FolderUnreadable: one of `folders` cannot be read.
    """
    host = settings.application.host if host is None else host
    port = settings.application.port if port is None else port
    check_bind(host, guarded=has_key(settings.application.api_key), variable="PINAKES_APPLICATION__API_KEY")
    with open_listener(host, port) as listener, owning(settings.state, url_of(listener)):
        logging.configure(level=settings.log_level, form=settings.log_format)
        library = open_library(settings, folders)
        application = build_application(library, ingest_first=bool(folders), watch=watch)
        jobs: Jobs = application.state.jobs
        run(
            application,
            listener,
            announcement=f"Application listening on {url_of(listener)} (Ctrl-C stops it).",
            drain=lambda: jobs.close(DRAIN_SECONDS),
        )


def build_application(library: Library, *, ingest_first: bool = False, watch: bool = False) -> FastAPI:
    """Make the application over an open library; its jobs are `application.state.jobs`."""
    metrics = JobMetrics()
    jobs = Jobs(library.engine, every_kind(library, metrics.indexing), ended=metrics.ended)
    workers = Workers(1, library.settings.images)
    watching = Watching(library, jobs, metrics.watching)

    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        if ingest_first and not watch:  # a watcher begins with all of its folders
            ingesting.submit_at_start(jobs, library.roots)
        jobs.start()
        watching.start(every=watch)
        try:
            yield
        finally:
            watching.close(DRAIN_SECONDS)
            jobs.close(DRAIN_SECONDS)
            workers.stop()
            library.close()

    keys = one_key(library.settings.application.api_key)
    application = create_application(
        title="Pinakes",
        description="Find the duplicates among your pictures, see why, and take any decision back.",
        keys=keys,
        open_paths=("/health", SESSION, *(OPEN_PATHS if are_built() else ())),
        max_body_bytes=MAX_BODY_BYTES,
        larger_bodies={UPLOADS: library.settings.images.max_bytes},
        registry=metrics.registry,
        lifespan=lifespan,
    )
    application.state.jobs = jobs
    if are_built():
        application.include_router(page_routes())
    application.include_router(routes(library, jobs, workers))
    application.include_router(viewing_routes(library, workers, watching), prefix="/api/v1")
    application.include_router(watching_routes(library, watching), prefix="/api/v1")
    application.include_router(session_routes(keys))
    return application
