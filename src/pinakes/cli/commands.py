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
    from pinakes.cli.overview import Overview

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
    app.add_typer(jobs.app, name="jobs", cls=Overview)
    app.add_typer(index.app, name="index", cls=Overview)
    app.add_typer(models.app, name="models", cls=Overview)
    app.add_typer(vectors.app, name="vectors", cls=Overview)
    app.add_typer(serve.app, name="serve", cls=Overview)
    app.add_typer(keys.app, name="keys", cls=Overview)
    app.command("doctor")(doctor.doctor)
