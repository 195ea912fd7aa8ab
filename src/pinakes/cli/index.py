"""`pinakes index`: the indexes of several models built, compared and made to answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pinakes.cli import output
from pinakes.cli.options import Format, FormatOption, StateOption, settings

app = typer.Typer(
    help="Build another model's index beside the one that answers, compare both, and change over.",
    no_args_is_help=True,
)

ModelArgument = Annotated[
    str, typer.Argument(metavar="MODEL", help="A model, as `pinakes models list` names it; NAME@REVISION.")
]
IndexArgument = Annotated[
    str, typer.Argument(metavar="MODEL", help="The model of an index, or the index's name from `list`.")
]

#: What each state of an index is called.
STATES = {"answering": "answers", "before": "answered before", "beside": "beside"}


@app.command("list")
def list_indexes(form: FormatOption = Format.TABLE, state: StateOption = None) -> None:
    """List the indexes: which model, of how many pictures, and which one answers."""
    from pinakes.cli.index_source import index_source

    with index_source(settings(state)) as source:
        found = source.indexes()
    if form is Format.JSON:
        output.write_json({"indexes": found})
        return
    if not found:
        output.note("There are no indexes yet; `pinakes ingest FOLDER` makes one.")
    for each in found:
        output.write_line(line_of(each))


@app.command("build")
def build(
    model: ModelArgument,
    again: Annotated[bool, typer.Option("--again", help="Ask it again about what it refused.")] = False,
    form: FormatOption = Format.TABLE,
    state: StateOption = None,
) -> None:
    """Embed every picture with MODEL into an index of its own, while searches go on with the other.

    Where it was stopped, the same command goes on. Then compare, and have it answer with `use`.
    """
    from pinakes.cli.index_source import index_source

    with index_source(settings(state)) as source:
        job = source.built(model, again=again)
    if form is Format.JSON:
        output.write_json(job)
    _refuse_unfinished(job)
    if form is Format.TABLE:
        output.write_line(f"Built {job['index']}. `pinakes index compare {model}` shows what would change.")


@app.command("compare")
def compare(
    index: IndexArgument,
    query: Annotated[
        list[str] | None,
        typer.Option("--query", metavar="LINE", help="A search to compare; may be repeated."),
    ] = None,
    past: Annotated[
        int, typer.Option("--past", metavar="N", min=0, max=1000, help="Past searches to compare.")
    ] = 50,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="First hits to hold together.")] = 10,
    page: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page with the pictures side by side."),
    ] = None,
    form: FormatOption = Format.TABLE,
    state: StateOption = None,
) -> None:
    """Show how the answers to past searches would change if the index of MODEL answered."""
    from pinakes.cli.comparison_report import write_page, write_table
    from pinakes.cli.index_source import index_source

    read = settings(state)
    with index_source(read) as source:
        found = source.compare(index, query or [], past=past, limit=limit)
    if page is not None:
        write_page(found, page, read.state)
    if form is Format.JSON:
        output.write_json(found)
    else:
        write_table(found)


@app.command("use")
def use(
    index: IndexArgument,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="Also where it lacks pictures, which are then not found.")
    ] = False,
    state: StateOption = None,
) -> None:
    """Have the index of MODEL answer from now on; `back` undoes it in one step."""
    from pinakes.cli.index_source import index_source

    with index_source(settings(state)) as source:
        output.write_line(line_of(source.use(index, incomplete=incomplete)))


@app.command("back")
def back(state: StateOption = None) -> None:
    """Have the index answer that did before."""
    from pinakes.cli.index_source import index_source

    with index_source(settings(state)) as source:
        output.write_line(line_of(source.back()))


@app.command("drop")
def drop(index: IndexArgument, state: StateOption = None) -> None:
    """Forget the index of MODEL, if it does not answer; embeddings stay, so that it is soon built again."""
    from pinakes.cli.index_source import index_source

    with index_source(settings(state)) as source:
        dropped = source.drop(index)
    output.write_line(f"Dropped {dropped['name']}, {dropped['points']:,} vectors.")


def line_of(index: dict[str, Any]) -> str:
    """An index in one line."""
    told = f"{index['indexed']:,} of {index['assets']:,} pictures"
    told += f", {index['refused']:,} refused" if index["refused"] else ""
    told += f", {index['lacking']:,} lacking" if index["lacking"] else ""
    model = f"{index['model']}@{index['revision']}"
    return f"{STATES[index['state']]:<15}  {model}  {told}, {output.size(index['bytes'])}  ({index['name']})"


def _refuse_unfinished(job: dict[str, Any]) -> None:
    from pinakes.core.errors import PinakesError

    if job["state"] == "failed":
        raise PinakesError(job["error"]["detail"], remedy=job["error"]["remedy"])
    if job["state"] != "succeeded":
        raise PinakesError(
            f"The job {job['id']} was {job['state']}.",
            remedy=f"`pinakes jobs resume {job['id']}` goes on with it.",
        )
