"""Builds the application from settings and runs it: the library's routes in one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from pinakes.core.settings import Settings
from pinakes.images.processes import Workers
from pinakes.services.http.app import create_application
from pinakes.services.http.keys import has_key, one_key
from pinakes.services.jobs.at_work import AtWork
from pinakes.services.jobs.watching import watching_routes
from pinakes.services.library.routes import routes
from pinakes.services.library.uploads.routes import UPLOADS
from pinakes.services.library.viewing.routes import viewing_routes
from pinakes.services.opened import Library, open_library
from pinakes.services.pages.routes import OPEN_PATHS, are_built, page_routes
from pinakes.services.pages.session_routes import PATH as SESSION
from pinakes.services.pages.session_routes import session_routes
from pinakes.services.process import check_bind, listening, run, url_of
from pinakes.services.works import ingesting

#: Largest request body, bytes: a resolution may name a hundred thousand groups and what to keep of each.
MAX_BODY_BYTES = 64 * 2**20


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
    with listening(host, port, settings.state, settings) as listener:
        application = build_application(
            open_library(settings, folders), ingest_first=bool(folders), watch=watch
        )
        run(
            application,
            listener,
            announcement=f"Application listening on {url_of(listener)} (Ctrl-C stops it).",
            drain=application.state.drain,
        )


def build_application(library: Library, *, ingest_first: bool = False, watch: bool = False) -> FastAPI:
    """Make the application over an open library, which it closes.

    Its jobs are `application.state.jobs`; `application.state.drain` ends them.
    """
    at_work = AtWork(library)
    jobs, watching = at_work.jobs, at_work.watching
    workers = Workers(1, library.settings.images)

    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        if ingest_first and not watch:  # a watcher begins with all of its folders
            ingesting.submit_at_start(jobs, library.roots)
        jobs.start()
        watching.start(every=watch)
        try:
            yield
        finally:
            at_work.close()
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
        registry=at_work.metrics.registry,
        lifespan=lifespan,
    )
    application.state.jobs, application.state.drain = jobs, at_work.drain
    if are_built():
        application.include_router(page_routes())
    application.include_router(routes(library, jobs, workers))
    application.include_router(viewing_routes(library, workers, watching), prefix="/api/v1")
    application.include_router(watching_routes(library, watching), prefix="/api/v1")
    application.include_router(session_routes(keys))
    return application
