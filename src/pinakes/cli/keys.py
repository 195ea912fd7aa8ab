"""`pinakes keys`: make keys for the inference service and the search service."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from pinakes.cli import output

app = typer.Typer(help="Make keys for the inference service and the search service.", no_args_is_help=True)


class ScopeName(StrEnum):
    """What a key may allow."""

    INFER = "infer"
    MODELS = "models"
    METRICS = "metrics"


@app.callback()
def keys() -> None:
    """Make keys for the inference service and the search service."""


@app.command("new")
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is; the log calls it so.")],
    scope: Annotated[
        list[ScopeName] | None,
        typer.Option("--scope", help="What it allows; may be repeated. Default: infer."),
    ] = None,
    rate: Annotated[
        float,
        typer.Option("--rate", metavar="N", min=0, help="Most requests a second; 0 for no bound."),
    ] = 0.0,
) -> None:
    """Make a key called NAME: whoever holds it may use a service as its scopes allow.

    "infer" asks models, or embeds and searches; "models" loads and unloads models; "metrics" reads /metrics.
    In the search service each name has indexes of its own. The key goes to standard output and is shown this
    once; the service is told its hash only, by the line on standard error.
    """
    from pydantic import ValidationError

    from pinakes.core.errors import InvalidRequest
    from pinakes.services.http.keys import make_key

    try:
        key, entry = make_key(name, [each.value for each in scope or [ScopeName.INFER]], rate)
    except ValidationError as error:
        raise InvalidRequest(
            "A key's name is 1 to 64 letters, digits, dots, dashes and underscores, and its rate is finite."
        ) from error
    output.write_line(key)
    output.note(
        "Keep it: it is not shown again. Add this to the list of PINAKES_INFERENCE__KEYS, or to that in"
    )
    output.note("the file of PINAKES_INFERENCE__KEYS_FILE, which the service reads again by itself; for the")
    output.note("search service, of PINAKES_SEARCH__KEYS or PINAKES_SEARCH__KEYS_FILE:")
    output.note(entry.model_dump_json())
