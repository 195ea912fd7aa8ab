"""The list of subcommands, in the order of the help."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add every subcommand to `app`; their modules import nothing heavy."""
    from pinakes.cli import (
        doctor,
        duplicates,
        embed,
        index,
        ingest,
        jobs,
        keys,
        models,
        report,
        resolve,
        scan,
        search,
        serve,
        undo,
        up,
        vectors,
        watch,
    )

    app.command("up")(up.up)
    app.command("scan")(scan.scan)
    app.command("search", context_settings=search.CONTEXT)(search.search)
    app.command("ingest")(ingest.ingest)
    app.command("watch")(watch.watch)
    app.command("duplicates")(duplicates.duplicates)
    app.command("resolve")(resolve.resolve)
    app.command("undo")(undo.undo)
    app.command("journal")(undo.journal)
    app.command("trash")(undo.trash)
    app.command("report")(report.report)
    app.command("embed")(embed.embed)
    app.add_typer(jobs.app, name="jobs")
    app.add_typer(index.app, name="index")
    app.add_typer(models.app, name="models")
    app.add_typer(vectors.app, name="vectors")
    app.add_typer(serve.app, name="serve")
    app.add_typer(keys.app, name="keys")
    app.command("doctor")(doctor.doctor)
