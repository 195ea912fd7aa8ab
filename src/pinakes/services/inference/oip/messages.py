"""Requests and answers of inference as both transports carry them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pinakes.services.inference.oip.tensors import Tensor

#: A parameter of a request, a tensor or an answer.
Parameter = str | int | float | bool


@dataclass(frozen=True, slots=True)
class WantedOutput:
    """An output that a request names; `binary` as it asks for it, None where it leaves that open."""

    name: str
    binary: bool | None = None


@dataclass(frozen=True, slots=True)
class InferRequest:
    """What a client wants inferred.

    Attributes:
        inputs: the tensors it brings.
        outputs: those it names, in order; empty for all.
        id: its name for the request, echoed.
        parameters: of the whole request.
        raw: the body itself, where it is one input's bytes and nothing says which (a raw binary request).
    """

    inputs: Sequence[Tensor]
    outputs: Sequence[WantedOutput] = ()
    id: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class InferResponse:
    """The answer: outputs in the order in which they were named, or in the model's."""

    model_name: str
    model_version: str
    id: str
    outputs: Sequence[Tensor]
    parameters: Mapping[str, Parameter]
