"""`pinakes jobs`: what runs and ran, and having it stop or go on."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from pinakes.cli import output
from pinakes.cli.job_source import ServiceUrlOption, job_source
from pinakes.cli.options import Format, FormatOption, StateOption, settings

app = typer.Typer(help="List jobs, and have them stop or go on.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a job, from `pinakes jobs list`.")]

LimitOption = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help="Most to list.")]


@app.command("list")
def list_jobs(
    limit: LimitOption = 20,
    form: FormatOption = Format.TABLE,
    service_url: ServiceUrlOption = None,
    state: StateOption = None,
) -> None:
    """List jobs, newest first."""
    with job_source(settings(state), service_url) as source:
        found = source.page(limit=limit)["jobs"]
    if form is Format.JSON:
        output.write_json({"jobs": found})
        return
    if not found:
        output.note("There are no jobs yet.")
    for job in found:
        output.write_line(line_of(job))


@app.command("show")
def show(
    name: NameArgument,
    form: FormatOption = Format.TABLE,
    service_url: ServiceUrlOption = None,
    state: StateOption = None,
) -> None:
    """Show how far a job is, and what was refused in it."""
    with job_source(settings(state), service_url) as source:
        job = source.get(name)
    _write(job, form)


@app.command("cancel")
def cancel(name: NameArgument, service_url: ServiceUrlOption = None, state: StateOption = None) -> None:
    """End a job soon; what it stored stays."""
    _steer("cancel", name, service_url, state)


@app.command("pause")
def pause(name: NameArgument, service_url: ServiceUrlOption = None, state: StateOption = None) -> None:
    """Stop a job until it is resumed, also over a restart."""
    _steer("pause", name, service_url, state)


@app.command("resume")
def resume(name: NameArgument, service_url: ServiceUrlOption = None, state: StateOption = None) -> None:
    """Have a job that was paused, cancelled or failed go on where it was."""
    _steer("resume", name, service_url, state)


@app.command("retry")
def retry(name: NameArgument, service_url: ServiceUrlOption = None, state: StateOption = None) -> None:
    """Run a job that has ended again, with what was refused in it tried again."""
    _steer("retry", name, service_url, state)


def line_of(job: dict[str, Any]) -> str:
    """A job in one line."""
    of = f"/{job['total']:,}" if job["total"] is not None else ""
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(job["created_at"]))
    where = ", ".join(job.get("folders", ()))
    told = (
        f"{job['id']}  {job['kind']:<7} {job['state']:<9} {when}  {job['phase']} {job['done']:,}{of}  {where}"
    )
    return f"{told}  (waits: {job['waiting_for']})" if job["waiting_for"] else told


def summary_of(job: dict[str, Any]) -> list[str]:
    """What came of a scan or an ingestion, a sentence each, with what was refused."""
    scan = job.get("scan") or (job if "counts" in job else None)
    index = job.get("index")
    lines, refused = [], []
    if scan:
        counts = scan["counts"]
        lines.append(
            f"{counts['stored']:,} pictures stored, {counts['skipped']:,} files skipped, "
            f"{counts['refused']:,} refused."
        )
        refused += scan["refused"]
    if index:
        told = [f"{number:,} {name}" for name, number in index["counts"].items() if number]
        lines.append(f"{', '.join(told) or 'Nothing was new to the indexes'}, in {index['seconds']:,.1f} s.")
        lines += [f"  left out  {step}: {why}" for step, why in index["skipped"].items()]
        refused += index["refused"]
    lines += [f"  refused  {each['path']}  ({each['reason']}) {each['detail']}" for each in refused]
    return lines


def _steer(verb: str, name: str, service_url: str | None, state: Any) -> None:
    with job_source(settings(state), service_url) as source:
        job = source.steer(verb, name)
    output.write_line(line_of(job))


def _write(job: dict[str, Any], form: Format) -> None:
    if form is Format.JSON:
        output.write_json(job)
        return
    output.write_line(line_of(job))
    if job["error"]:
        output.write_line(f"  {job['error']['detail']} {job['error']['remedy']}".rstrip())
    for line in summary_of(job):
        output.write_line(line)
