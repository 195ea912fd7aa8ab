"""Rows as Parquet, with proper types, written to a stream; pyarrow comes with the extra `parquet`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any

from pinakes.core.errors import InvalidRequest
from pinakes.ingest.reports.columns import COLUMNS, Kind, Known, Value
from pinakes.ingest.reports.pieces import escaped, pieces

#: Rows in one row group, which is what is in memory at a time.
_ROW_GROUP = 5000


def parquet(rows: Iterable[Known]) -> Iterator[bytes]:
    """Return the pieces of a Parquet file, one row group each.

    Raises:
        InvalidRequest: pyarrow is not installed.
    """
    if find_spec("pyarrow") is None:
        raise InvalidRequest(
            "Writing Parquet needs pyarrow, which is not installed.",
            remedy="pip install 'pinakes[parquet]', or choose csv or json.",
        )
    return _written(rows)


def _written(rows: Iterable[Known]) -> Iterator[bytes]:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    sink, schema = _Stream(), _schema()
    with ParquetWriter(sink, schema, compression="zstd") as writer:
        for piece in pieces(rows, _ROW_GROUP):
            plain = [{name: _plain(value) for name, value in row.items()} for row in piece]
            writer.write_table(pyarrow.Table.from_pylist(plain, schema=schema))
            yield sink.taken()
    yield sink.taken()


def _schema() -> Any:
    import pyarrow

    types = {
        Kind.TEXT: pyarrow.string(),
        Kind.TEXTS: pyarrow.list_(pyarrow.string()),
        Kind.INTEGER: pyarrow.int64(),
        Kind.NUMBER: pyarrow.float64(),
        Kind.FLAG: pyarrow.bool_(),
        Kind.MOMENT: pyarrow.timestamp("us", tz="UTC"),
    }
    fields = [
        pyarrow.field(column.name, types[column.kind], metadata={"description": column.meaning})
        for column in COLUMNS
    ]
    return pyarrow.schema(fields)


def _plain(value: Value) -> Value:
    if isinstance(value, str):
        return escaped(value)
    return [escaped(text) for text in value] if isinstance(value, list) else value


class _Stream(io.RawIOBase):
    """A file that keeps what was written until it is taken; it only grows."""

    def __init__(self) -> None:
        self._written = bytearray()
        self._before = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += memoryview(data)
        return len(data)

    def tell(self) -> int:
        return self._before + len(self._written)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found, self._written = bytes(self._written), bytearray()
        self._before += len(found)
        return found
