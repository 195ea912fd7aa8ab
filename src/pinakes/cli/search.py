"""`pinakes search`: find pictures by words, by other pictures, or both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from pinakes.cli import output
from pinakes.cli.options import Format, FormatOption, StateOption, settings

#: What begins with one dash is a word to be unlike, as in `pinakes search beach -people`.
CONTEXT = {"ignore_unknown_options": True}

WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[WORDS…]",
        help='What to look for, in the query language: words, -words, "a phrase", date:2019, tag:sea.',
    ),
]
LikeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--like",
        metavar="FILE|ASSET",
        help="Look like this picture: a file, or the number of an asset; may be repeated.",
    ),
]
ByOption = Annotated[
    str,
    typer.Option("--by", metavar="all|meaning|words", help="Go by what pictures show, by words, or by both."),
]


def search(
    words: WordsArgument = None,
    like: LikeOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Most pictures to list.")] = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Pictures to pass over.")] = 0,
    by: ByOption = "all",
    form: FormatOption = Format.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    state: StateOption = None,
) -> None:
    """Find pictures by WORDS and by other pictures, and say why each was found.

    Words are looked for in what pictures show, where a model that knows words is installed, and in names,
    tags, captions, places and texts. With no words, the newest pictures are listed.
    """
    from pinakes.cli.search_asking import answered
    from pinakes.cli.search_table import write_table

    _refuse_options(words or ())
    asked = {"q": " ".join(words or ()), "limit": limit, "offset": offset, "by": by}
    found = answered(settings(state), asked, like or [])
    if as_json or form is Format.JSON:
        output.write_json(found)
    else:
        write_table(found)


def _refuse_options(words: Sequence[str]) -> None:
    """Two dashes are an option that was mistyped, never a word."""
    for word in words:
        if word.startswith("--"):
            raise typer.BadParameter(f"there is no option {word}")
