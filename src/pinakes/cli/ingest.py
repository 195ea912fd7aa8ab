"""`pinakes ingest`: take folders into the library and its indexes, here or at a service."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pinakes.cli import output
from pinakes.cli.failing import Left
from pinakes.cli.job_display import followed
from pinakes.cli.job_source import ServiceUrlOption, service_of
from pinakes.cli.jobs import summary_of
from pinakes.cli.options import (
    CaptionOption,
    EngineOption,
    ExcludeOption,
    FoldersArgument,
    Format,
    FormatOption,
    IncludeOption,
    StateOption,
    on_engine,
    settings,
)
from pinakes.core.errors import InvalidRequest

if TYPE_CHECKING:
    from pinakes.clients.jobs import JobsClient
    from pinakes.core.settings import Settings

#: Longest time that a service which is followed may be away, and the time between two looks for it, seconds.
AWAY_SECONDS, LOOK_AGAIN_SECONDS = 60.0, 1.0


def ingest(
    folders: FoldersArgument,
    caption: CaptionOption = None,
    exclude: ExcludeOption = None,
    include: IncludeOption = None,
    engine: EngineOption = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on with whatever changes in the folders, until Ctrl-C.")
    ] = False,
    service_url: ServiceUrlOption = None,
    form: FormatOption = Format.TABLE,
    state: StateOption = None,
) -> None:
    """Take the pictures of FOLDER… into the library, and make them findable: embedded, described, indexed.

    Where a service owns the library, it does the work, and Ctrl-C leaves it to that. Else this process does,
    and the same command goes on where it was stopped. Nothing is computed twice.
    """
    read = on_engine(settings(state), engine)
    asked: dict[str, Any] = {"caption": caption, "exclude": exclude or [], "include": include or []}
    url = service_of(read, service_url)
    if url is not None and engine is not None:
        raise InvalidRequest(
            f"The service at {url} decodes, on the engine it is set to.",
            remedy="Start it with PINAKES_INGEST__ENGINE, or leave --engine out.",
        )
    jobs = [_here(read, folders, asked)] if url is None else _at_service(read, url, folders, asked)
    if form is Format.JSON:
        output.write_json({"jobs": jobs})
    for job in jobs:
        _report(job, form)
    if watch:
        from pinakes.cli.watch import watch_on

        watch_on(read, folders, asked, url)


def _at_service(
    read: Settings, url: str, folders: Sequence[str], asked: dict[str, Any]
) -> list[dict[str, Any]]:
    from pinakes.clients.jobs import JobsClient

    with JobsClient(url, api_key=read.ingest.api_key or read.application.api_key) as client:
        started = [client.ingest(os.path.abspath(folder), **asked) for folder in folders]  # noqa: PTH100
        try:
            return [followed(partial(_looked, client, str(job["id"]))) for job in started]
        except KeyboardInterrupt:
            names = " ".join(job["id"] for job in started)
            raise Left(
                f"The service at {url} goes on with it. `pinakes jobs show {names}` says how far it is, "
                f"`pinakes jobs cancel {names}` ends it."
            ) from None


def _looked(client: JobsClient, name: str) -> dict[str, Any]:
    """How far a job is; the service may be away for a minute, as when it is started again."""
    from pinakes.core.errors import ServiceUnavailable

    until = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            return client.get(name)
        except ServiceUnavailable:
            if time.monotonic() > until:
                raise
        time.sleep(LOOK_AGAIN_SECONDS)


def _here(read: Settings, folders: Sequence[str], asked: dict[str, Any]) -> dict[str, Any]:
    from pinakes.cli.jobs_here import jobs_here, library_here
    from pinakes.services.jobs.following import job_json
    from pinakes.services.works.ingesting import KIND, asked_of

    with library_here(read, folders) as library, jobs_here(library) as jobs:
        job = jobs.submit(
            KIND, asked_of(library.allowed(list(map(os.path.abspath, folders))), **asked), once=True
        )
        jobs.start(only=job.id)
        try:
            return followed(lambda: job_json(jobs.get(job.id)))
        except KeyboardInterrupt:
            jobs.cancel(job.id)  # the next one goes on from what this one stored
            raise


def _report(job: dict[str, Any], form: Format) -> None:
    from pinakes.core.errors import PinakesError

    if form is Format.TABLE:
        for line in summary_of(job):
            output.write_line(line)
    if job["state"] == "failed":
        raise PinakesError(job["error"]["detail"], remedy=job["error"]["remedy"])
    if job["state"] in ("cancelled", "paused"):
        raise PinakesError(
            f"The job {job['id']} was {job['state']}.",
            remedy=f"`pinakes jobs resume {job['id']}` goes on with it.",
        )
