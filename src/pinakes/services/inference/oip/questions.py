"""Requests to what the engine is asked, and its outcomes to output tensors."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from pinakes.core.errors import (
    ImageRefused,
    InvalidRequest,
    ModelFailed,
    OutOfMemory,
    PinakesError,
    TooLarge,
)
from pinakes.core.types import Caption, ModelIdentity, Reason, Refusal, Task
from pinakes.services.inference.oip.messages import InferRequest
from pinakes.services.inference.oip.signature import (
    CAPTIONS,
    EMBEDDINGS,
    IMAGES,
    OF_PICTURES,
    PIXEL_VALUES,
    PIXELS,
    REFUSED,
    TEXTS,
    inputs_of,
)
from pinakes.services.inference.oip.tensors import Tensor, objects
from pinakes.serving import request as serving
from pinakes.serving.request import Input, Outcome

#: Datatypes of tensors that the caller preprocessed; a model reads float32.
FLOATS = frozenset({"FP32", "FP16", "BF16"})

#: Parameter of a request that takes an answer in which some items are refused.
PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks of a model.

    Attributes:
        task: what to do with each item.
        noun: name of the input, for messages.
        items: what it is asked about, in order.
        outputs: names of the tensors to answer with, in order.
        partial: whether some items may be refused while the others are answered.
    """

    task: Task
    noun: str
    items: Sequence[Input]
    outputs: Sequence[str]
    partial: bool


def question_of(request: InferRequest, tasks: Set[Task], *, most: int, most_pixels: int) -> Question:
    """Read what a request asks of a model that does `tasks`.

    Args:
        request: the request.
        tasks: what the model does.
        most: items that are taken.
        most_pixels: pixels that a decoded picture may have.

    Raises:
        InvalidRequest: it brings none of the model's inputs, several, or one of another form; or it names
            an output that this input does not give.
        TooLarge: it brings more items, or larger pictures.
    """
    tensor = _input(request, tasks)
    count = len(tensor.values) if tensor.values.ndim else 0
    if count == 0:
        raise InvalidRequest(f"{tensor.name} holds no item.")
    if count > most:
        raise TooLarge(
            f"{tensor.name} holds {count} items; at most {most} are taken.", remedy="Send several."
        )
    named = [output.name for output in request.outputs]
    task = _task(tensor.name, tasks, named)
    items = _items(tensor)
    if tensor.name == PIXELS and math.prod(tensor.shape[1:3]) > most_pixels:
        raise TooLarge(f"A picture of {PIXELS} is over {most_pixels:,} pixels.", remedy="Send it as a file.")
    partial = request.parameters.get(PARTIAL, False) is True
    given = CAPTIONS if task is Task.CAPTIONING else EMBEDDINGS
    for name in named:
        if name not in (given, REFUSED):
            raise InvalidRequest(f"{tensor.name} gives {given} and {REFUSED}, not {name!r}.")
    outputs = list(dict.fromkeys([*(named or [given]), *([REFUSED] if partial else [])]))
    return Question(task, tensor.name, items, outputs, partial)


def outputs_for(question: Question, outcomes: Sequence[Outcome], identity: ModelIdentity) -> list[Tensor]:
    """Answer a question with one row per item; rows of refused items are NaN, or an empty caption.

    Raises:
        ImageRefused, ModelFailed, OutOfMemory: an item was refused, and the request takes no partial answer.
    """
    if not question.partial:
        _raise_refused(question.noun, outcomes)
    makers = {EMBEDDINGS: _embeddings, CAPTIONS: _captions, REFUSED: _refused}
    return [makers[name](outcomes, identity) for name in question.outputs]


def _input(request: InferRequest, tasks: Set[Task]) -> Tensor:
    """Return the one input, under the name that it has here."""
    names = [port.name for port in inputs_of(tasks, side=1)]
    if request.raw is not None:
        return Tensor(names[0], "BYTES", objects([request.raw]))
    if len(request.inputs) != 1:
        brought = ", ".join(tensor.name for tensor in request.inputs)
        raise InvalidRequest(f"A request brings one of {', '.join(names)}; this one brings {brought}.")
    tensor = request.inputs[0]
    name = tensor.name if tensor.name in names else _meant(tensor, names)
    if name == PIXELS and tensor.datatype in FLOATS:
        name = PIXEL_VALUES
    return Tensor(name, tensor.datatype, tensor.values)


def _meant(tensor: Tensor, names: Sequence[str]) -> str:
    """The input that a tensor of another name can only mean, by its datatype."""
    forms = {IMAGES: {"BYTES"}, TEXTS: {"BYTES"}, PIXELS: {"UINT8"}, PIXEL_VALUES: FLOATS}
    meant = [name for name in names if tensor.datatype in forms[name]]
    if len(meant) == 1:
        return meant[0]
    raise InvalidRequest(
        f"The model has no input {tensor.name!r} of {tensor.datatype}.",
        remedy=f"It takes {', '.join(names)}.",
    )


def _task(name: str, tasks: Set[Task], outputs: Sequence[str]) -> Task:
    if name == TEXTS:
        return Task.TEXT_EMBEDDING
    possible = [task for task in OF_PICTURES if task in tasks]
    if CAPTIONS in outputs and EMBEDDINGS in outputs:
        raise InvalidRequest(f"A request asks for {EMBEDDINGS} or {CAPTIONS}, not both.")
    if CAPTIONS in outputs and Task.CAPTIONING in possible:
        return Task.CAPTIONING
    return possible[0]


def _items(tensor: Tensor) -> list[Input]:
    values, shape = tensor.values, tensor.shape
    if tensor.name in (IMAGES, TEXTS):
        if tensor.datatype != "BYTES" or shape[1:] not in ([], [1]):
            raise _misshapen(tensor, "BYTES [n]")
        elements: list[bytes] = values.ravel().tolist()
        return list(elements) if tensor.name == IMAGES else _words(elements)
    if tensor.name == PIXELS:
        if tensor.datatype != "UINT8" or len(shape) != 4 or shape[3] != 3 or 0 in shape:
            raise _misshapen(tensor, "UINT8 [n, height, width, 3]")
        return list(values)
    if tensor.datatype not in FLOATS:
        raise _misshapen(tensor, "FP32 [n, 3, side, side]")
    return [serving.Tensor(item) for item in values.astype(np.float32, copy=False)]


def _misshapen(tensor: Tensor, wanted: str) -> InvalidRequest:
    return InvalidRequest(f"{tensor.name} must be {wanted}, not {tensor.datatype} {tensor.shape}.")


def _words(elements: Sequence[bytes]) -> list[Input]:
    words: list[Input] = []
    for index, element in enumerate(elements):
        try:
            words.append(element.decode())
        except UnicodeDecodeError as error:
            raise InvalidRequest(f"{TEXTS}[{index}] is not UTF-8.") from error
    return words


def _raise_refused(noun: str, outcomes: Sequence[Outcome]) -> None:
    """Raise for the first refused item; one that the caller can mend before one that the model failed on."""
    refused = [(index, outcome) for index, outcome in enumerate(outcomes) if isinstance(outcome, Refusal)]
    if not refused:
        return
    ours = (Reason.MODEL_FAILED, Reason.OUT_OF_MEMORY)
    index, first = min(refused, key=lambda entry: entry[1].reason in ours)
    more = f" {len(refused) - 1} more were refused." if len(refused) > 1 else ""
    told = f"{noun}[{index}] was refused ({first.reason}): {first.detail}{more}"
    remedy = f"The parameter {PARTIAL} answers the others." if len(outcomes) > len(refused) else ""
    errors: dict[Reason, PinakesError] = {
        Reason.MODEL_FAILED: ModelFailed(told, remedy=remedy),
        Reason.OUT_OF_MEMORY: OutOfMemory(told, remedy=remedy),
    }
    raise errors.get(first.reason, ImageRefused(first.reason, told, remedy=remedy))


def _embeddings(outcomes: Sequence[Outcome], identity: ModelIdentity) -> Tensor:
    rows = np.full((len(outcomes), identity.dimensions), np.nan, dtype="<f4")
    for row, outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, np.ndarray):
            row[:] = outcome
    return Tensor(EMBEDDINGS, "FP32", rows)


def _captions(outcomes: Sequence[Outcome], _identity: ModelIdentity) -> Tensor:
    words = [outcome.text if isinstance(outcome, Caption) else "" for outcome in outcomes]
    return Tensor(CAPTIONS, "BYTES", objects([text.encode() for text in words]))


def _refused(outcomes: Sequence[Outcome], _identity: ModelIdentity) -> Tensor:
    reasons = [outcome.reason if isinstance(outcome, Refusal) else "" for outcome in outcomes]
    return Tensor(REFUSED, "BYTES", objects([reason.encode() for reason in reasons]))
