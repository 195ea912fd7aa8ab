"""Bodies of REST: a JSON object, then the bytes of binary tensors in the object's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from pinakes.core.errors import InvalidRequest, TooLarge
from pinakes.services.inference.oip import tensors
from pinakes.services.inference.oip.messages import InferRequest, InferResponse, Parameter, WantedOutput
from pinakes.services.inference.oip.tensors import Tensor

#: Header that says how many bytes of an uncompressed body are JSON.
JSON_LENGTH = "Inference-Header-Content-Length"

#: Parameter of a tensor that lies behind the JSON: its length in bytes.
BINARY_SIZE = "binary_data_size"

#: Longest JSON that is parsed, bytes: its numbers become objects, about eight times as large, and no other
#: thread has its turn while they do.
LONGEST_JSON = 32 * 2**20

#: Most inputs, and most outputs, that one request names; models here have a few.
MOST_NAMES = 64


def read_request(body: bytes, json_length: str | None) -> InferRequest:
    """Take apart an uncompressed body.

    Args:
        body: all of it.
        json_length: the header `JSON_LENGTH`; None where all is JSON, "0" where all is one input's bytes.

    Raises:
        InvalidRequest: it is malformed; names the field or tensor.
        TooLarge: its JSON is longer than is parsed.
    """
    length = json_length_of(json_length, len(body))
    if length == 0 and json_length is not None:
        return InferRequest((), raw=body, parameters={"binary_data_output": True})
    told = read_object(body[:length])
    inputs = _listed(told, "inputs")
    if not inputs:
        raise InvalidRequest("The request has no inputs.")
    return InferRequest(
        inputs=_tensors(inputs, memoryview(body)[length:]),
        outputs=[_wanted(entry) for entry in _listed(told, "outputs")],
        id=_text(told, "id"),
        parameters=_parameters(told),
    )


def read_object(body: bytes) -> dict[str, Any]:
    """Parse a body that is a JSON object, or empty. Raises InvalidRequest, or TooLarge."""
    if len(body) > LONGEST_JSON:
        raise TooLarge(
            f"The JSON is over {LONGEST_JSON:,} bytes.", remedy="Send the tensors in the binary form."
        )
    try:
        told = orjson.loads(body) if body.strip() else {}
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(f"The request is not JSON: {error}.") from error
    if not isinstance(told, dict):
        raise InvalidRequest("The request must be a JSON object.")
    return told


def json_length_of(stated: str | None, whole: int) -> int:
    """Bytes of JSON that a body of `whole` bytes begins with. Raises InvalidRequest."""
    if stated is None:
        return whole
    if not (stated.isascii() and stated.isdigit()) or len(stated) > 18 or int(stated) > whole:
        raise InvalidRequest(
            f"{JSON_LENGTH} must be at most the body's {whole:,} bytes, not {stated[:20]!r}."
        )
    return int(stated)


def write_response(response: InferResponse, request: InferRequest) -> tuple[bytes, int | None]:
    """Return an answer's body, and the length of its JSON where binary tensors follow.

    Each output is binary if the request says so of it, else if it says so of all; JSON otherwise.
    """
    wanted = {output.name: output.binary for output in request.outputs}
    default = request.parameters.get("binary_data_output") is True
    told, tail = [], []
    for output in response.outputs:
        binary = wanted.get(output.name)
        entry: dict[str, Any] = {"name": output.name, "datatype": output.datatype, "shape": output.shape}
        if default if binary is None else binary:
            tail.append(tensors.to_bytes(output))
            entry["parameters"] = {BINARY_SIZE: len(tail[-1])}
        else:
            entry["data"] = tensors.to_json(output)
        told.append(entry)
    named = {"model_name": response.model_name, "model_version": response.model_version}
    echoed = {"id": response.id} if response.id else {}
    content = named | echoed | {"parameters": dict(response.parameters), "outputs": told}
    head = orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)  # what is not a number becomes null
    return b"".join([head, *tail]), len(head) if tail else None


def _tensors(entries: Sequence[dict[str, Any]], tail: memoryview) -> list[Tensor]:
    """Read inputs in order; together, the binary ones take up all that lies behind the JSON."""
    found: list[Tensor] = []
    for entry in entries:
        tensor, taken = _tensor(entry, tail)
        tail = tail[taken:]
        found.append(tensor)
    if len(tail):
        raise InvalidRequest(f"{len(tail):,} bytes behind the JSON belong to no input.")
    names = [tensor.name for tensor in found]
    if len(set(names)) < len(names):
        raise InvalidRequest("Two inputs have the same name.")
    return found


def _tensor(entry: dict[str, Any], tail: memoryview) -> tuple[Tensor, int]:
    name, datatype = _text(entry, "name"), _text(entry, "datatype")
    shape = tensors.shape_of(name, entry.get("shape"))
    parameters = _parameters(entry)
    if "shared_memory_region" in parameters:
        raise InvalidRequest(f"{name} lies in shared memory, which is not offered.")
    size = parameters.get(BINARY_SIZE)
    if size is None:
        form = str(parameters.get("content_type", ""))
        return tensors.from_json(name, datatype, shape, entry.get("data"), form), 0
    if type(size) is not int or not 0 <= size <= len(tail):
        raise InvalidRequest(f"{BINARY_SIZE} of {name} is {size!r}; {len(tail):,} bytes are left.")
    if "data" in entry:
        raise InvalidRequest(f"{name} has both data and {BINARY_SIZE}.")
    return tensors.from_bytes(name, datatype, shape, tail[:size]), size


def _wanted(entry: dict[str, Any]) -> WantedOutput:
    name, parameters = _text(entry, "name"), _parameters(entry)
    for extension in ("classification", "shared_memory_region"):
        if extension in parameters:
            raise InvalidRequest(f"The output {name} asks for {extension}, which is not offered.")
    binary = parameters.get("binary_data")
    return WantedOutput(name, None if binary is None else binary is True)


def _listed(told: dict[str, Any], field: str) -> list[dict[str, Any]]:
    entries = told.get(field) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidRequest(f"{field} must be a list of objects.")
    if len(entries) > MOST_NAMES:
        raise InvalidRequest(f"{field} names {len(entries)} tensors; at most {MOST_NAMES} are taken.")
    return entries


def _text(told: dict[str, Any], field: str) -> str:
    value = told.get(field)
    if value is None and field == "id":
        return ""
    if not isinstance(value, str):
        raise InvalidRequest(f"{field} must be a string.")
    return value


def _parameters(told: dict[str, Any]) -> Mapping[str, Parameter]:
    parameters = told.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise InvalidRequest("parameters must be an object.")
    return parameters
