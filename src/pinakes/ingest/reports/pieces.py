"""Rows as values by column, a portion at a time, in text that every form can say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from pinakes.ingest.reports.columns import COLUMNS, Known, Value


def pieces(rows: Iterable[Known], count: int) -> Iterator[list[dict[str, Value]]]:
    """Yield rows as values by column, so many at a time."""
    remaining = iter(rows)
    while some := [
        {column.name: column.value(known) for column in COLUMNS} for known in islice(remaining, count)
    ]:
        yield some


def escaped(text: str) -> str:
    r"""The text as UTF-8 can say it: bytes that are none become `\udc…`."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
