"""`pinakes doctor`: exercise every part for real, and say a line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from pinakes.cli import output
from pinakes.cli.options import StateOption, settings

if TYPE_CHECKING:
    from pinakes.cli.checks.verdict import Check, Verdict
    from pinakes.core.settings import Settings


#: Every check by the name that is printed; imported one by one, so that a broken library fails its own alone.
CHECKS = {
    "python": "environment:python",
    "libraries": "environment:libraries",
    "state directory": "state:directory",
    "library": "state:library",
    "journal": "state:journal",
    "decoding": "pictures:decoding",
    "camera RAW": "environment:camera_raw",
    "orientation": "pictures:orientation",
    "colour profile": "pictures:colour_profile",
    "perceptual hash": "pictures:perceptual",
    "copies": "pictures:copy",
    "descriptor": "models:descriptor",
    "decoding processes": "processes:decoding",
    "embedding": "models:embedding",
    "inference service": "models:service",
    "trash and undo": "reversal:trash_and_undo",
    "application port": "environment:application_port",
    "inference port": "environment:inference_port",
}


class DoctorFormat(StrEnum):
    """How the findings are written."""

    TABLE = "table"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: which part, whether it works, what was seen, and what to do where it does not."""

    name: str
    state: str
    seen: str
    remedy: str


def doctor(
    form: Annotated[
        DoctorFormat, typer.Option("--format", help="How the findings are written.")
    ] = DoctorFormat.TABLE,
    state: StateOption = None,
) -> None:
    """Try every part of Pinakes for real and say what works, a line each; nothing of yours is changed.

    Ends with status 1 where something does not work; a warning is no failure.
    """
    read = settings(state)
    found: list[Finding] = []
    for finding in findings(read):
        found.append(finding)
        if form is DoctorFormat.TABLE:
            _write_line(finding)
    failures = sum(finding.state == "failed" for finding in found)
    if form is DoctorFormat.JSON:
        output.write_json({"healthy": not failures, "checks": [asdict(finding) for finding in found]})
    else:
        output.write_line(_sum(len(found), failures, sum(finding.state == "warning" for finding in found)))
    if failures:
        raise typer.Exit(1)


def findings(read: Settings) -> Iterator[Finding]:
    """Run every check, one after the other; one that raises has failed, and the rest go on."""
    for name, place in CHECKS.items():
        verdict = _verdict(place, read)
        yield Finding(name, verdict.state.value, verdict.seen, verdict.remedy)


def _verdict(place: str, read: Settings) -> Verdict:
    from pinakes.cli.checks.verdict import failed
    from pinakes.core.errors import PinakesError

    module, _, function = place.partition(":")
    try:
        check: Check = getattr(import_module(f"pinakes.cli.checks.{module}"), function)
        return check(read)
    except PinakesError as error:
        return failed(str(error), error.remedy)
    except Exception as error:  # a part that is broken in any way is what the doctor is there to say
        return failed(f"{type(error).__name__}: {error}", "Report it, with this line.")


def _write_line(finding: Finding) -> None:
    output.write_line(f"{finding.state:<8} {finding.name:<19} {finding.seen}".rstrip())
    if finding.remedy:
        output.write_line(f"{'':<28} {finding.remedy}")


def _sum(count: int, failures: int, warnings: int) -> str:
    if failures:
        return f"{failures} of {count} parts do not work."
    return (
        f"All {count} parts work." if not warnings else f"All {count} parts work; {warnings} could be better."
    )
