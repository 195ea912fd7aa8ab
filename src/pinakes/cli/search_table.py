"""The hits of a search as lines that a person reads."""

from __future__ import annotations

from typing import Any

from pinakes.cli import output

#: Said between the hits above the line and those below it.
LINE = "------- nothing relevant beyond here"


def write_table(found: dict[str, Any]) -> None:
    """Write an answer: a line for each hit, below it why; what else is to be known to standard error."""
    above = True
    for hit in found["hits"]:
        if above and hit["relevant"] is False:
            above = False
            output.write_line(LINE)
        output.write_line(f"{_score(hit['why']):>7}  {hit['path']}")
        if why := _why(hit["why"]):
            output.write_line(f"{'':7}  {why}")
    if not found["hits"]:
        output.note("Nothing was found.")
    elif found["total"] is None or found["total"] > found["offset"] + len(found["hits"]):
        total = "There are" if found["total"] is None else f"{found['total']:,} in all;"
        output.note(f"{total} more with --limit and --offset.")
    for note in found["notes"]:
        output.note(f"{note['text']} {note['remedy']}".strip())


def _score(why: dict[str, Any]) -> str:
    if why["likeness"]:
        return f"{why['likeness']['score']:.3f}"
    return "words" if why["words"] else ""


def _why(why: dict[str, Any]) -> str:
    told = []
    if why["words"]:
        told.append(f"{', '.join(why['words']['fields'])}: {_marked(why['words'])}")
    like = why["likeness"]
    if like and like["standing"] is not None:
        told.append(f"nearer than {100 * like['standing']:.1f} % of the library")
    told += [f"{each['field']} {_value(each['value'])}" for each in why["conditions"]]
    return " · ".join(told)


def _marked(words: dict[str, Any]) -> str:
    """The excerpt with brackets around what matched."""
    text, at, pieces = words["excerpt"], 0, []
    for start, end in words["marks"]:
        pieces += [text[at:start], f"[{text[start:end]}]"]
        at = end
    return "".join((*pieces, text[at:]))


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
