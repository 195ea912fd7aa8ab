"""Builds the ingestion service from settings and runs it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from pinakes.core.settings import Settings
from pinakes.services.http.app import create_application
from pinakes.services.http.door import is_loopback
from pinakes.services.http.keys import has_key, one_key
from pinakes.services.ingest.routes import routes
from pinakes.services.jobs.at_work import AtWork
from pinakes.services.opened import Library, open_library
from pinakes.services.process import check_bind, listening, run, url_of

#: Largest request body, bytes: searches bring pictures.
MAX_BODY_BYTES = 64 * 2**20

#: How a root is added, for those who ask for a directory outside of all.
OPENING = "Start with it (`pinakes serve ingest FOLDER`), or add it to PINAKES_INGEST__ROOTS."


def serve(
    settings: Settings,
    folders: Sequence[str] = (),
    *,
    host: str | None = None,
    port: int | None = None,
    watch: bool = False,
) -> None:
    """Run the ingestion service until SIGTERM or SIGINT; jobs that run go on when it is started again.

    Host and port are the settings' unless given. `folders` may be ingested, beside the roots of the settings;
    with neither, on loopback, the working directory may. With `watch`, they are ingested at the
    start, and what changes in them as it changes.

    Raises:
        UnsafeSettings: it would listen beyond this machine without a key.
        PortTaken: something else holds the port.
        InvalidRequest: the host or port cannot be listened on.
        StateBusy: another process owns the library.
        StateUnusable, DiskFull: the library cannot be opened.
        FolderUnreadable: one of `folders` cannot be read.
    """
    host = settings.ingest.host if host is None else host
    port = settings.ingest.port if port is None else port
    check_bind(host, guarded=has_key(settings.ingest.api_key), variable="PINAKES_INGEST__API_KEY")
    folders = allowed_by_default(settings, folders, host)
    with listening(host, port, settings.state, settings) as listener:
        library = open_library(settings, folders, roots=settings.ingest.roots, opening=OPENING)
        application = build_application(library, watch=watch)
        told = ", ".join(library.roots) or "nothing yet: no folder was given"
        run(
            application,
            listener,
            announcement=f"It may ingest {told}.\n"
            f"Ingestion service listening on {url_of(listener)} (Ctrl-C stops it).",
            drain=application.state.drain,
        )


def allowed_by_default(settings: Settings, folders: Sequence[str], host: str) -> Sequence[str]:
    """The folders given; where there are none, nor any in the settings, the working directory on loopback.

    The root of the file system is never allowed by default.
    """
    if folders or settings.ingest.roots or not is_loopback(host):
        return folders
    here = Path.cwd()
    return () if here == Path(here.anchor) else (str(here),)


def build_application(library: Library, *, watch: bool = False) -> FastAPI:
    """Make the service's application over an open library, which it closes.

    Its jobs are `application.state.jobs`; `application.state.drain` ends them.
    """
    at_work = AtWork(library)

    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        at_work.jobs.start()
        if watch:
            at_work.watching.start(every=True)
        try:
            yield
        finally:
            at_work.close()
            library.close()

    application = create_application(
        title="Pinakes ingestion service",
        description="Name a directory, and its pictures are described, indexed and found.",
        keys=one_key(library.settings.ingest.api_key),
        max_body_bytes=MAX_BODY_BYTES,
        registry=at_work.metrics.registry,
        lifespan=lifespan,
    )
    application.state.jobs, application.state.drain = at_work.jobs, at_work.drain
    application.include_router(routes(library, at_work.jobs))
    return application
