"""`pinakes vectors import-faiss`: FAISS indexes become the search service's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pinakes.cli import output
from pinakes.cli.options import StateOption, settings

if TYPE_CHECKING:
    from pinakes.search.shared.takeover import TakenOver

#: Images without a usable vector that are named.
MOST_NAMED = 10


def import_faiss(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Holds <user_id>/<folder_id>.faiss for each folder.")
    ],
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME", help="Model that made the vectors. Default: the service's."),
    ] = None,
    caller: Annotated[
        str, typer.Option("--caller", metavar="NAME", help="Name of the key whose indexes they become.")
    ] = "",
    rows_are_ids: Annotated[
        bool, typer.Option("--rows-are-ids", help="Row 0 of an index without ids is image 0, and so on.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only see whether all can be taken over.")
    ] = False,
    state: StateOption = None,
) -> None:
    """Take over FAISS indexes as indexes of the search service, which must not run meanwhile.

    Ids become image ids. All files are read to their end before any is stored; where one cannot be taken
    over, nothing changes. Can be repeated: what is there is replaced by the same, and images that were
    embedded from their files since stay.
    """
    from pinakes.services.search.taking_over import examined

    with examined(settings(state), directory, model=model, caller=caller, rows_are_ids=rows_are_ids) as found:
        if dry_run:
            output.write_line(
                f"{len(found.files):,} indexes with {found.vectors:,} vectors of {found.model.name} can be "
                "taken over."
            )
            return
        with output.progress("Taking over") as update:
            for done in found.store(update):
                output.write_line(_line(done))


def _line(done: TakenOver) -> str:
    said = [f"stored: {done.stored:,}"]
    if done.kept:
        said.append(f"embedded since and kept: {done.kept:,}")
    if done.replaced:
        said.append(f"followed by a later one of the same image: {done.replaced:,}")
    if done.malformed:
        more = ", …" if len(done.malformed) > MOST_NAMED else ""
        named = ", ".join(map(str, done.malformed[:MOST_NAMED]))
        said.append(f"no vectors at all: {len(done.malformed):,} (images {named}{more})")
    if done.scaled:
        said.append("lengths were made 1")
    return f"{done.name}  {'; '.join(said)}"
