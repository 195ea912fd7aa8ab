"""What an ONNX file says of itself, read without a runtime: that it is whole, and where more weights lie."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Numbers of the fields, of each kind of message, that lead to weights outside the file (onnx.proto).
_LEADING: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph"},
    "graph": {1: "node", 5: "tensor"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph"},
    "tensor": {13: "outside"},
}

#: Where a model's graph is, and the key and the value of a note.
_GRAPH, _KEY, _VALUE = 7, 1, 2

#: How values are written: as a number of any length, eight bytes, counted bytes, four bytes.
_VARINT, _EIGHT, _COUNTED, _FOUR = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Message:
    """One message inside a file: its kind, and where its bytes are."""

    kind: str
    start: int
    end: int


def outside_weights(file: Path) -> set[str]:
    """The files, as the graph in `file` names them, that hold its other weights.

    Raises:
        ValueError: the file is no ONNX model, or not all of it is there.
    """
    if not file.stat().st_size:
        raise ValueError("it is empty")
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        whole = Message("model", 0, len(content))
        if not any(number == _GRAPH for number, _, _ in _fields(content, whole)):
            raise ValueError("it holds no graph")
        return {place for place in _places(content, whole) if place}


def _places(content: mmap.mmap, whole: Message) -> Iterator[str]:
    """The notes `location` of all tensors; messages are gone through without recursion, however deep."""
    waiting = [whole]
    while waiting:
        message = waiting.pop()
        if message.kind == "outside":
            yield _location(content, message)
            continue
        leading = _LEADING[message.kind]
        fields = _fields(content, message)
        waiting += [
            Message(leading[number], start, end) for number, start, end in fields if number in leading
        ]


def _location(content: mmap.mmap, note: Message) -> str:
    told = {number: content[start:end] for number, start, end in _fields(content, note)}
    return told.get(_VALUE, b"").decode() if told.get(_KEY) == b"location" else ""


def _fields(content: mmap.mmap, message: Message) -> Iterator[tuple[int, int, int]]:
    """Number, begin and end of every field of a message."""
    place = message.start
    while place < message.end:
        tag, place = _varint(content, place, message.end)
        number, form = tag >> 3, tag & 7
        if form == _VARINT:
            length = _varint(content, place, message.end)[1] - place
        elif form == _COUNTED:
            length, place = _varint(content, place, message.end)
        else:
            length = {_EIGHT: 8, _FOUR: 4}.get(form, -1)
        if not number or length < 0 or place + length > message.end:
            raise ValueError("it ends too early, or is something else")
        yield number, place, place + length
        place += length


def _varint(content: mmap.mmap, place: int, end: int) -> tuple[int, int]:
    """A number of seven bits a byte, the last marked by its highest bit, and the place after it."""
    value = 0
    for step, at in enumerate(range(place, min(place + 10, end))):
        value |= (content[at] & 0x7F) << 7 * step
        if content[at] < 0x80:
            return value, at + 1
    raise ValueError("it ends within a number")
