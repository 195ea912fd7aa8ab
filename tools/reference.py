"""The pages of settings, errors, evidence tiers, and the columns of a report."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pinakes.cli.html_report import TIERS
from pinakes.core import errors as tree
from pinakes.core.settings import Settings, default_state
from pinakes.core.types import Reason, Tier
from pinakes.duplicates import finder, keeper, presets
from pinakes.ingest.reports.columns import COLUMNS
from pinakes.ingest.sink import SKIPPED
from pinakes.services.http.problems import status_of


def settings() -> str:
    """Every variable with its default and what it means."""
    rows = "\n".join(
        f"| `{name}` | {_default(field)} | {field.description} |"
        for name, field in _fields(Settings, "PINAKES_")
    )
    return (
        "# Settings\n\nEvery setting is an environment variable, read once when a command starts.\n"
        'Options of a command win over its variable. Lists are written as JSON: `["*.tif", "raw"]`.\n\n'
        f"| variable | default | meaning |\n| --- | --- | --- |\n{rows}\n"
    )


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _fields(inner, f"{prefix}{name.upper()}__")
        else:
            yield prefix + name.upper(), field


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        own = field.default_factory is default_state
        return "under the user's data directory" if own else "from the environment"
    if field.default is None or isinstance(field.default, SecretStr):
        return "none"
    if field.default == ():
        return "none"
    return f"`{field.default}`"


def errors() -> str:
    """Every error with its code and HTTP status, and every reason a file may end with."""
    kinds = [
        kind for _, kind in inspect.getmembers(tree, inspect.isclass) if issubclass(kind, tree.PinakesError)
    ]
    rows = "\n".join(
        f"| `{kind.code}` | {_status(kind)} | `{kind.__name__}` | {(kind.__doc__ or '').splitlines()[0]} |"
        for kind in sorted(kinds, key=lambda kind: (_status(kind), kind.code))
    )
    reasons = "\n".join(
        f"| `{reason}` | {'skipped' if reason in SKIPPED else 'refused'} |" for reason in sorted(Reason)
    )
    return (
        "# Errors and reasons\n\n## Errors\n\n"
        "On the command line an error is one sentence on standard error. Over HTTP it is a problem document\n"
        "(RFC 9457) with this code and status.\n\n"
        f"| code | HTTP | class | meaning |\n| --- | --- | --- | --- |\n{rows}\n\n"
        "## Reasons\n\nA file that is not stored says why. Skipped files are no pictures; refused ones\n"
        "are listed by name, each with a sentence.\n\n"
        f"| reason | the file is |\n| --- | --- |\n{reasons}\n"
    )


def report() -> str:
    """Every column of a report."""
    rows = "\n".join(f"| `{column.name}` | {column.kind} | {column.meaning} |" for column in COLUMNS)
    return (
        "# Columns of a report\n\nWhat `pinakes report` says of every file, in the order of every format; "
        "what is not known is empty.\n\n"
        f"| column | holds | meaning |\n| --- | --- | --- |\n{rows}\n"
    )


def _status(kind: type[tree.PinakesError]) -> int:
    blank = kind.__new__(kind)
    return status_of(blank)


def tiers() -> str:
    """The evidence tiers, the numbers behind their presets, and the rules of the keeper."""
    rows = "\n".join(
        f"| `{tier}` | {'yes' if tier in finder.DEFAULT_TIERS else 'when asked for'} | {TIERS[tier][1]} |"
        for tier in Tier
    )
    head = " | ".join(presets.NAMES)
    numbers = "\n".join(
        f"| `{tier}` | {_MEASURES[tier]} | " + " | ".join(f"{named[name]:g}" for name in presets.NAMES) + " |"
        for tier, named in presets.NUMBERS.items()
    )
    rules = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in keeper.RULES.items())
    order = ", ".join(str(rule) for rule in keeper.DEFAULT_RULES)
    return (
        "# Evidence tiers, presets and keeper rules\n\n## Tiers\n\nStrongest first.\n\n"
        f"| tier | searched by default | what it means |\n| --- | --- | --- |\n{rows}\n\n"
        f"## Presets\n\nThe default is `{presets.DEFAULT}`. The measurements behind the numbers stand\n"
        "beside them in the code and in `benchmarks/`.\n\n"
        f"| tier | number | {head} |\n| --- | --- |{' --- |' * len(presets.NAMES)}\n{numbers}\n\n"
        f"## Keeper rules\n\nBy default: {order}. The first rule that tells two files apart decides.\n\n"
        f"| rule | prefers |\n| --- | --- |\n{rules}\n"
    )


_MEASURES = {
    Tier.HASH: "largest Hamming distance of 256 bits",
    Tier.COPY: "least score",
    Tier.SIMILAR: "least cosine",
}
