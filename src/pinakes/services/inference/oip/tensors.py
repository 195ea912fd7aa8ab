"""Tensors of the Open Inference Protocol: their datatypes, and their values as bytes or as JSON."""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import InvalidRequest

#: Datatypes of numbers as they lie in the binary form: little-endian, without padding.
DTYPES: dict[str, np.dtype[Any]] = {
    "BOOL": np.dtype("?"),
    "UINT8": np.dtype("u1"),
    "UINT16": np.dtype("<u2"),
    "UINT32": np.dtype("<u4"),
    "UINT64": np.dtype("<u8"),
    "INT8": np.dtype("i1"),
    "INT16": np.dtype("<i2"),
    "INT32": np.dtype("<i4"),
    "INT64": np.dtype("<i8"),
    "FP16": np.dtype("<f2"),
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
    "BF16": np.dtype("<u2"),  # numpy has none: read as its bits, and widened to float32
}

#: Datatypes that JSON has no form for.
BINARY_ONLY = frozenset({"FP16", "BF16"})

#: Most axes of a tensor, and most values that its shape may mean, leaving out axes of length 0: no model
#: takes more, and numpy refuses to shape even empty arrays far beyond.
MOST_AXES, LARGEST_SHAPE = 8, 2**40

#: Most elements of BYTES in one tensor: each becomes an object of its own, however short it is.
MOST_ELEMENTS = 2**20

#: Values of JSON that become an array at a time.
PORTION = 2**16

#: What an input's parameter `content_type` says where its JSON strings are base64 (MLServer's convention).
BASE64 = "base64"

_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Tensor:
    """A named tensor.

    `values` has the tensor's shape; its elements are of the datatype's numpy type, float32 for BF16, and
    `bytes` in an object array for BYTES. It may be a read-only view of the body it came in.
    """

    name: str
    datatype: str
    values: NDArray[Any]

    @property
    def shape(self) -> list[int]:
        """Lengths of its axes."""
        return list(self.values.shape)


def shape_of(name: str, stated: object) -> tuple[int, ...]:
    """The shape that a request states for a tensor, with lengths that can be meant. Raises InvalidRequest."""
    if not isinstance(stated, Sequence) or isinstance(stated, str) or len(stated) > MOST_AXES:
        raise InvalidRequest(f"The shape of {name} must be a list of at most {MOST_AXES} lengths.")
    if not all(type(length) is int and length >= 0 for length in stated):
        raise InvalidRequest(f"The shape of {name} must be of whole numbers from 0, not {list(stated)}.")
    if math.prod(length or 1 for length in stated) > LARGEST_SHAPE:
        raise InvalidRequest(f"The shape of {name} is larger than any tensor: {list(stated)}.")
    return tuple(stated)


def from_bytes(name: str, datatype: str, shape: tuple[int, ...], raw: memoryview) -> Tensor:
    """Read a tensor's binary form; numbers stay where they are, elements of BYTES are copied.

    Raises:
        InvalidRequest: the datatype is none, or the bytes are not exactly the tensor's.
    """
    count = math.prod(shape)
    if datatype == "BYTES":
        return Tensor(name, datatype, objects(_framed(name, count, raw), shape))
    dtype = _dtype_of(name, datatype)
    nbytes = count * dtype.itemsize
    if len(raw) != nbytes:
        raise InvalidRequest(
            f"{name} has {len(raw):,} bytes; {datatype} of shape {list(shape)} has {nbytes:,}."
        )
    values: NDArray[Any] = np.frombuffer(raw, dtype)
    if datatype == "BF16":
        values = (values.astype("<u4") << 16).view("<f4")
    return Tensor(name, datatype, values.reshape(shape))


def from_json(name: str, datatype: str, shape: tuple[int, ...], listed: object, form: str = "") -> Tensor:
    """Read a tensor's JSON form, flat or nested; `form` is its parameter `content_type`.

    Raises:
        InvalidRequest: the values are not of the datatype, or not as many as the shape says.
    """
    if datatype in BINARY_ONLY:
        raise InvalidRequest(
            f"{name} is {datatype}, which JSON has no form for.", remedy="Send it as binary."
        )
    values = _flat(name, listed)
    if len(values) != math.prod(shape):
        raise InvalidRequest(
            f"{name} has {len(values):,} values; its shape {list(shape)} has another number."
        )
    if datatype == "BYTES":
        return Tensor(name, datatype, objects(_encoded(name, values, form), shape))
    return Tensor(name, datatype, numbers(name, datatype, values).reshape(shape))


def numbers(name: str, datatype: str, values: Sequence[Any]) -> NDArray[Any]:
    """Plain numbers or booleans as a flat array of a datatype. Raises InvalidRequest if they do not fit."""
    dtype = _dtype_of(name, datatype)
    kinds: dict[str, set[type]] = {"b": {bool}, "f": {int, float}}
    allowed = kinds.get(dtype.kind, {int})
    array = np.empty(len(values), dtype)
    for start in range(0, len(values), PORTION):  # between portions, other threads have their turn
        portion = values[start : start + PORTION]
        if set(map(type, portion)) - allowed:
            raise InvalidRequest(f"{name} holds values that are not {datatype}.")
        try:
            with np.errstate(over="ignore"):
                array[start : start + PORTION] = np.array(portion, dtype)
        except OverflowError as error:
            raise InvalidRequest(f"{name} holds a number outside {datatype}.") from error
    return array


def to_bytes(tensor: Tensor) -> bytes:
    """Return the binary form."""
    if tensor.datatype == "BYTES":
        return b"".join(part for value in tensor.values.flat for part in (_LENGTH.pack(len(value)), value))
    if tensor.datatype == "BF16":
        return bytes((tensor.values.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes())
    return tensor.values.astype(DTYPES[tensor.datatype], copy=False).tobytes()


def to_json(tensor: Tensor) -> list[str] | NDArray[Any]:
    """Return the JSON form, flat and row by row: BYTES as UTF-8, numbers as an array that orjson writes.

    Raises:
        InvalidRequest: JSON has no form for the datatype.
    """
    if tensor.datatype in BINARY_ONLY:
        raise InvalidRequest(f"{tensor.name} is {tensor.datatype}, which JSON has no form for.")
    flat = tensor.values.ravel()
    if tensor.datatype == "BYTES":
        return [value.decode(errors="replace") for value in flat]
    return np.ascontiguousarray(flat)


def objects(values: Sequence[bytes], shape: tuple[int, ...] | None = None) -> NDArray[Any]:
    """Elements of BYTES as an array, of one axis unless a shape is given."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array if shape is None else array.reshape(shape)


def _dtype_of(name: str, datatype: str) -> np.dtype[Any]:
    try:
        return DTYPES[datatype]
    except KeyError:
        raise InvalidRequest(
            f"{name} is of the unknown datatype {datatype!r}.",
            remedy=f"There are BYTES, {', '.join(DTYPES)}.",
        ) from None


def _framed(name: str, count: int, raw: memoryview) -> list[bytes]:
    """Elements of BYTES, each behind its length of four bytes."""
    if count > MOST_ELEMENTS:
        raise InvalidRequest(f"{name} has {count:,} elements of BYTES; at most {MOST_ELEMENTS:,} are taken.")
    if count * _LENGTH.size > len(raw):
        raise InvalidRequest(f"{name} has {len(raw):,} bytes, too few for {count:,} elements of BYTES.")
    elements = list(_elements(name, count, raw))
    if sum(map(len, elements)) + count * _LENGTH.size != len(raw):
        raise InvalidRequest(f"{name} has bytes behind the last of its {count:,} elements.")
    return elements


def _elements(name: str, count: int, raw: memoryview) -> Iterator[bytes]:
    place = 0
    for index in range(count):
        start = place + _LENGTH.size
        if start > len(raw):
            raise InvalidRequest(f"{name} ends before its element {index}.")
        place = start + _LENGTH.unpack_from(raw, place)[0]
        if place > len(raw):
            raise InvalidRequest(f"{name} ends inside its element {index}.")
        yield bytes(raw[start:place])


def _flat(name: str, listed: object) -> list[Any]:
    """Unnest lists of lists, level by level."""
    if not isinstance(listed, list):
        raise InvalidRequest(f"The data of {name} must be a list.")
    for _ in range(MOST_AXES):
        if list not in set(map(type, listed)):
            return listed
        if set(map(type, listed)) != {list}:
            break
        listed = list(chain.from_iterable(listed))
    raise InvalidRequest(f"The data of {name} is nested unevenly, or too deeply.")


def _encoded(name: str, values: list[Any], form: str) -> list[bytes]:
    if set(map(type, values)) - {str}:
        raise InvalidRequest(f"{name} is BYTES: in JSON its values are strings.")
    try:
        if form == BASE64:
            return [base64.b64decode(value, validate=True) for value in values]
        return [value.encode() for value in values]
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest(f"{name} holds a string that cannot be read: {error}.") from error
