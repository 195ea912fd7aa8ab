"""`pinakes vectors`: collections of embeddings listed, moved, kept, brought back and checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pinakes.cli import faiss_import, output
from pinakes.cli.options import Format, FormatOption, StateOption, settings

if TYPE_CHECKING:
    from pinakes.core.settings import Settings
    from pinakes.vectors.base import VectorStore
    from pinakes.vectors.moving import Comparison

app = typer.Typer(
    help="Look after the embeddings that searches ask: list, move, check, keep and restore them.",
    no_args_is_help=True,
)


class Driver(StrEnum):
    """Where vectors can be moved to; memory ends with the command."""

    EMBEDDED = "embedded"
    QDRANT = "qdrant"
    PGVECTOR = "pgvector"


DriverOption = Annotated[
    Driver | None, typer.Option("--driver", help="Where they are. Default: PINAKES_VECTORS__DRIVER.")
]

NameArgument = Annotated[str, typer.Argument(metavar="COLLECTION", help="Name from `pinakes vectors list`.")]


@app.command("list")
def list_collections(
    driver: DriverOption = None, form: FormatOption = Format.TABLE, state: StateOption = None
) -> None:
    """List the collections: one for each model and revision."""
    with _opened(settings(state), driver) as store:
        found = store.collections()
    if form is Format.JSON:
        output.write_json({"collections": [asdict(summary) for summary in found]})
        return
    if not found:
        output.note("There are no collections yet.")
    for summary in found:
        model = f"{summary.identity.name} {summary.identity.revision}"
        output.write_line(
            f"{summary.name}  {summary.points:,} points of {summary.identity.dimensions}  ({model})"
        )


@app.command("move")
def move(
    name: NameArgument,
    target: Annotated[Driver, typer.Option("--to", help="Where it shall be.")],
    driver: DriverOption = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Forget the old one after every point was compared.")
    ] = False,
    state: StateOption = None,
) -> None:
    """Copy COLLECTION to another store, compare every point, and only with --drop forget the old one.

    Can be repeated after it was broken off. Set PINAKES_VECTORS__DRIVER to use the new one from then on.
    """
    from pinakes.core.errors import InvalidRequest
    from pinakes.vectors.moving import compare
    from pinakes.vectors.moving import move as copy

    read = settings(state)
    if target.value == (driver.value if driver else read.vectors.driver):
        raise InvalidRequest(f"The collection is in {target.value} already.")
    with _opened(read, driver) as source, _opened(read, target) as other:
        collection = source.open(name)
        with output.progress("Copying") as update:
            moved = copy(collection, other, update)
        with output.progress("Comparing") as update:
            found = compare(collection, moved, update)
        _refuse_differences(found)
        if drop:
            source.drop(name)
    left = "the old one is dropped" if drop else "the old one is still there"
    output.write_line(f"{name}: {found.compared:,} points copied and compared; {left}.")


@app.command("snapshot")
def snapshot(
    name: NameArgument,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="File to write; there may be none yet.")],
    driver: DriverOption = None,
    state: StateOption = None,
) -> None:
    """Write all points of COLLECTION into one file, which any driver can restore."""
    from pinakes.vectors.snapshots import snapshot as keep

    with _opened(settings(state), driver) as store, output.progress("Writing") as update:
        written = keep(store.open(name), path, update)
    output.write_line(f"{path}: {written:,} points of {name}.")


@app.command("restore")
def restore(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="File from `pinakes vectors snapshot`.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Forget what the collection holds now, damaged or not.")
    ] = False,
    driver: DriverOption = None,
    state: StateOption = None,
) -> None:
    """Bring the points of a snapshot back; without --replace, points that are not in it stay."""
    from pinakes.vectors.snapshots import restore as bring_back

    with _opened(settings(state), driver) as store, output.progress("Restoring") as update:
        collection = bring_back(store, path, update, replace=replace)
        points = collection.count(folders=None)
    output.write_line(f"{points:,} points of {collection.identity.name} {collection.identity.revision}.")


@app.command("check")
def check(
    name: Annotated[str, typer.Argument(metavar="[COLLECTION]", help="All of them if none is named.")] = "",
    driver: DriverOption = None,
    form: FormatOption = Format.TABLE,
    state: StateOption = None,
) -> None:
    """Read every point, and see how many of the nearest the index finds; status 1 for what is unsound."""
    from pinakes.vectors.checking import check as examine

    with _opened(settings(state), driver) as store:
        names = [name] if name else [summary.name for summary in store.collections()]
        found = {}
        for each in names:
            with output.progress(each) as update:
                found[each] = examine(store.open(each), update)
    if form is Format.JSON:
        output.write_json({key: asdict(finding) | {"sound": finding.sound} for key, finding in found.items()})
    else:
        for key, finding in found.items():
            verdict = "sound" if finding.sound else "NOT SOUND"
            output.write_line(
                f"{key}  {verdict}: {finding.read:,} of {finding.counted:,} points read, "
                f"{finding.malformed:,} malformed, recall {finding.recall:.3f}"
            )
    if not all(finding.sound for finding in found.values()):
        raise typer.Exit(1)


@app.command("optimise")
def optimise(name: NameArgument, driver: DriverOption = None, state: StateOption = None) -> None:
    """Bring the index of COLLECTION up to date now, rather than while points come in."""
    with _opened(settings(state), driver) as store:
        done = store.open(name).optimise()
    output.write_line(f"{name}: " + ("the index is up to date." if done else "there was nothing to do."))


app.command("import-faiss")(faiss_import.import_faiss)


@contextmanager
def _opened(read: Settings, driver: Driver | None) -> Iterator[VectorStore]:
    from pinakes.vectors.factory import open_vectors

    chosen = read.vectors if driver is None else read.vectors.model_copy(update={"driver": driver.value})
    store = open_vectors(chosen, read.vectors_directory)
    try:
        yield store
    finally:
        store.close()


def _refuse_differences(found: Comparison) -> None:
    from pinakes.core.errors import StateUnusable

    if not found.same:
        raise StateUnusable(
            f"The copy differs: {found.absent:,} points are absent, {found.different:,} different, "
            f"{found.extra:,} only in the copy.",
            remedy="Stop what writes to the collection, and run the same command again.",
        )
