"""Tensors of the Open Inference Protocol v2: as JSON, or as bytes behind it (the binary extension)."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.clients.exchange import Reply

#: Header that says how many bytes of a body are JSON.
JSON_LENGTH = "Inference-Header-Content-Length"

#: Numbers as they lie in the binary extension: little-endian.
DTYPES = {"FP16": "<f2", "FP32": "<f4", "FP64": "<f8", "UINT8": "|u1"}


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output of a model; in its shape -1 stands for any length."""

    name: str
    datatype: str
    shape: tuple[int, ...]


def port_of(told: Any) -> Port:
    """Return a port from metadata; raises KeyError, TypeError or ValueError where it is none."""
    return Port(str(told["name"]), str(told["datatype"]), tuple(int(length) for length in told["shape"]))


def request_of(
    port: Port, values: Sequence[bytes] | NDArray[Any], output: str, *, binary: bool
) -> tuple[dict[str, str], bytes]:
    """Return headers and body that ask for one output of one input, as bytes where the server takes them."""
    shape = _shape(port, values)
    tensor: dict[str, Any] = {"name": port.name, "datatype": port.datatype, "shape": shape}
    if not binary:
        tensor |= _as_json(values)
        content = json.dumps({"inputs": [tensor], "outputs": [{"name": output}]}).encode()
        return {"Content-Type": "application/json"}, content
    raw = _as_bytes(values, port.datatype)
    tensor["parameters"] = {"binary_data_size": len(raw)}
    wanted = {"name": output, "parameters": {"binary_data": True}}
    head = json.dumps({"inputs": [tensor], "outputs": [wanted]}).encode()
    return {"Content-Type": "application/octet-stream", JSON_LENGTH: str(len(head))}, head + raw


def _shape(port: Port, values: Sequence[bytes] | NDArray[Any]) -> list[int]:
    if isinstance(values, np.ndarray):
        return list(values.shape)
    return [len(values)] + [1] * (len(port.shape) - 1)


def _as_json(values: Sequence[bytes] | NDArray[Any]) -> dict[str, Any]:
    if isinstance(values, np.ndarray):
        return {"data": values.ravel().tolist()}
    # JSON has no bytes: servers that lack the binary extension take base64, and are told so.
    return {
        "data": [base64.b64encode(value).decode() for value in values],
        "parameters": {"content_type": "base64"},
    }


def _as_bytes(values: Sequence[bytes] | NDArray[Any], datatype: str) -> bytes:
    if isinstance(values, np.ndarray):
        return values.astype(DTYPES[datatype], copy=False).tobytes()
    return b"".join(piece for value in values for piece in (struct.pack("<I", len(value)), value))


def output_of(reply: Reply, name: str) -> NDArray[Any]:
    """Return the numbers of an output.

    Raises:
        KeyError, TypeError, ValueError: the reply holds no such output.
    """
    length = int(reply.headers.get(JSON_LENGTH.lower(), len(reply.body)))
    place = length
    for output in json.loads(reply.body[:length])["outputs"]:
        nbytes = (output.get("parameters") or {}).get("binary_data_size")
        if output["name"] == name:
            shape = [int(side) for side in output["shape"]]
            if nbytes is None:
                return np.asarray(output["data"], dtype=np.float64).reshape(shape)
            numbers = np.frombuffer(reply.body, DTYPES[output["datatype"]], offset=place, count=_count(shape))
            return numbers.reshape(shape)
        place += nbytes or 0
    raise KeyError(name)


def _count(shape: Sequence[int]) -> int:
    count = 1
    for side in shape:
        count *= side
    return count
