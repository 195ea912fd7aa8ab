"""Rows as CSV, as JSON, and as JSON lines: bytes in pieces, none of them larger than a portion of rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from pinakes.ingest.reports.columns import COLUMNS, Known, Value
from pinakes.ingest.reports.pieces import escaped, pieces

#: Rows in one piece.
_PIECE = 200

#: First characters with which a spreadsheet takes a text for a formula, and the apostrophe put before them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


class Form(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        """What HTTP calls it."""
        return {
            Form.CSV: "text/csv; charset=utf-8; header=present",
            Form.JSON: "application/json",
            Form.JSONL: "application/jsonl",
            Form.PARQUET: "application/vnd.apache.parquet",
        }[self]


def written(form: Form, rows: Iterable[Known]) -> Iterator[bytes]:
    """Return the pieces of a report; nothing is read of `rows` before the first is asked for.

    Raises:
        InvalidRequest: the form needs an extra that is not installed.
    """
    if form is Form.PARQUET:
        from pinakes.ingest.reports.parquet import parquet

        return parquet(rows)
    return _WRITERS[form](rows)


def _csv(rows: Iterable[Known]) -> Iterator[bytes]:
    buffer = io.StringIO()
    table = csv.writer(buffer)
    table.writerow([column.name for column in COLUMNS])
    for piece in pieces(rows, _PIECE):
        table.writerows([[_cell(value) for value in row.values()] for row in piece])
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8")


def _cell(value: Value) -> object:
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return _iso(value)
    if isinstance(value, str):
        text = escaped(value).replace("\0", "\\x00")
        return f"'{text}" if text.startswith(_FORMULA) else text
    return value


def _json(rows: Iterable[Known]) -> Iterator[bytes]:
    begin = b"["
    for piece in pieces(rows, _PIECE):
        yield begin + b"\n" + b",\n".join(map(_line, piece))
        begin = b","
    yield (b"[" if begin == b"[" else b"") + b"\n]\n"


def _json_lines(rows: Iterable[Known]) -> Iterator[bytes]:
    for piece in pieces(rows, _PIECE):
        yield b"".join(_line(row) + b"\n" for row in piece)


def _line(row: dict[str, Value]) -> bytes:
    # ASCII alone: bytes that are no UTF-8 come out as lone surrogates, as JSON can say them.
    return json.dumps(row, default=_iso, separators=(",", ":")).encode("ascii")


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


_WRITERS: dict[Form, Callable[[Iterable[Known]], Iterator[bytes]]] = {
    Form.CSV: _csv,
    Form.JSON: _json,
    Form.JSONL: _json_lines,
}
