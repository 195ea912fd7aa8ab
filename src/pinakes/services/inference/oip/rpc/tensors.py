"""Messages of inference to tensors and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pinakes.core.errors import InvalidRequest
from pinakes.services.inference.oip import tensors
from pinakes.services.inference.oip.messages import InferRequest, InferResponse, Parameter, WantedOutput
from pinakes.services.inference.oip.rpc.messages import message_class
from pinakes.services.inference.oip.tensors import Tensor

#: Field of InferTensorContents that holds values of a datatype; those without one are raw only.
CONTENTS = {
    "BOOL": "bool_contents",
    "UINT8": "uint_contents",
    "UINT16": "uint_contents",
    "UINT32": "uint_contents",
    "UINT64": "uint64_contents",
    "INT8": "int_contents",
    "INT16": "int_contents",
    "INT32": "int_contents",
    "INT64": "int64_contents",
    "FP32": "fp32_contents",
    "FP64": "fp64_contents",
    "BYTES": "bytes_contents",
}

#: Most values of one tensor that does not come raw: each becomes an object on the way.
MOST_VALUES = 2**22


def request_of(message: Any) -> InferRequest:
    """Read a ModelInferRequest. Raises InvalidRequest, naming the tensor at fault."""
    raw = message.raw_input_contents
    if raw and len(raw) != len(message.inputs):
        raise InvalidRequest(f"There are {len(raw)} raw inputs for {len(message.inputs)} input tensors.")
    if not message.inputs:
        raise InvalidRequest("The request has no inputs.")
    return InferRequest(
        inputs=[_tensor(entry, raw[index] if raw else None) for index, entry in enumerate(message.inputs)],
        outputs=[_wanted(entry) for entry in message.outputs],
        id=message.id,
        parameters=_parameters(message.parameters),
    )


def response_of(response: InferResponse) -> Any:
    """A ModelInferResponse with all outputs raw."""
    message = message_class("ModelInferResponse")(
        model_name=response.model_name, model_version=response.model_version, id=response.id
    )
    for name, value in response.parameters.items():
        setattr(message.parameters[name], _choice(value), value)
    for output in response.outputs:
        message.outputs.add(name=output.name, datatype=output.datatype, shape=output.shape)
        message.raw_output_contents.append(tensors.to_bytes(output))
    return message


def _tensor(entry: Any, raw: bytes | None) -> Tensor:
    name, datatype = entry.name, entry.datatype
    shape = tensors.shape_of(name, list(entry.shape))
    if "shared_memory_region" in entry.parameters:
        raise InvalidRequest(f"{name} lies in shared memory, which is not offered.")
    if raw is not None:
        return tensors.from_bytes(name, datatype, shape, memoryview(raw))
    if datatype not in CONTENTS:
        raise InvalidRequest(f"{name} is {datatype!r}, which only goes raw, or is no datatype.")
    values = getattr(entry.contents, CONTENTS[datatype])
    if len(values) > MOST_VALUES:
        raise InvalidRequest(f"{name} has over {MOST_VALUES:,} values.", remedy="Send it raw.")
    if len(values) != np.prod(shape, dtype=object):
        raise InvalidRequest(f"{name} has {len(values):,} values; its shape is {list(shape)}.")
    if datatype == "BYTES":
        return Tensor(name, datatype, tensors.objects(list(values), shape))
    return Tensor(name, datatype, tensors.numbers(name, datatype, list(values)).reshape(shape))


def _wanted(entry: Any) -> WantedOutput:
    for extension in ("classification", "shared_memory_region"):
        if extension in entry.parameters:
            raise InvalidRequest(f"The output {entry.name} asks for {extension}, which is not offered.")
    return WantedOutput(entry.name)


def _parameters(entries: Any) -> Mapping[str, Parameter]:
    chosen = {name: (entry, entry.WhichOneof("parameter_choice")) for name, entry in entries.items()}
    return {name: getattr(entry, field) for name, (entry, field) in chosen.items() if field}


def _choice(value: Parameter) -> str:
    """Field of InferParameter for a value; booleans are integers to Python, and come first."""
    if isinstance(value, bool):
        return "bool_param"
    if isinstance(value, int):
        return "int64_param"
    return "string_param" if isinstance(value, str) else "double_param"
