"""The seam every model implements: prepared inputs in, results out, one task at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from numpy.typing import NDArray

from pinakes.core.types import Caption, ModelIdentity, Pixels, Task, Vector

#: Turns encoded bytes into pixels, or raises `ImageRefused`. Handed in, since decoding is another room's.
Decode = Callable[[bytes], Pixels]

#: What a task makes of one input.
Result = Vector | Caption


@dataclass(frozen=True, slots=True)
class Prepared:
    """One input, ready for inference.

    `array` is what the model reads: float32 (3, height, width), uint8 (height, width, 3) or int64 token ids
    (length,). `cost` is what it adds to a batch, in pixels or tokens. Only inputs of equal `shape` share
    a batch.
    """

    array: NDArray[Any]
    cost: int
    shape: Hashable = None


@runtime_checkable
class TaskModel(Protocol):
    """One task of one model; knows nothing of files, batching, threads or wires.

    All methods may be called from several threads at once.
    """

    @property
    def identity(self) -> ModelIdentity:
        """Name, revision, preprocess and dimensions of the results."""
        ...

    def preprocess(self, item: Pixels | str) -> Prepared:
        """Make a decoded picture (uint8 sRGB (height, width, 3)), or words, ready for inference.

        Raises:
            InvalidRequest: the task does not take this kind of input.
        """
        ...

    def accept(self, tensor: NDArray[Any]) -> Prepared:
        """Take an input that the caller has preprocessed itself: one item, without the batch axis.

        Raises:
            InvalidRequest: its shape or dtype is not the model's; the message says which are.
        """
        ...

    def infer(self, batch: Sequence[Prepared]) -> Any:
        """Run the model once over inputs of equal shape; what comes back is for `postprocess` only.

        Any exception means that the whole batch failed; `OutOfMemory` that a smaller one may succeed.
        """
        ...

    def postprocess(self, inferred: Any) -> list[Result]:
        """One result per input of the batch, in order: unit-length float32 vectors, or captions.

        An input's result does not depend on its neighbours in the batch.
        """
        ...


@dataclass(frozen=True, slots=True)
class Logits:
    """How cosines of one model become probabilities: `scale * cosine + bias`, then the activation.

    `softmax` compares labels with one another (CLIP); `sigmoid` judges each by itself (SigLIP).
    """

    scale: float
    bias: float
    activation: Literal["softmax", "sigmoid"]


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory: what it does, what it costs, how pictures are decoded for it, how it ends.

    Attributes:
        name: as in the registry; no slash, so that it fits into paths of every protocol.
        tasks: what it does; the image and text embeddings of one model are comparable.
        decode: encoded bytes to pixels, at least as large as the model looks at.
        nbytes: memory that its weights take, bytes.
        concurrency: calls of `infer` at once that pay off; 1 where the runtime uses all cores itself.
        input_side: side of the square of pixels that the model looks at; None where any size goes.
        logits: how its cosines become probabilities; None where it has no text side.
        close: releases memory and devices.
    """

    name: str
    tasks: Mapping[Task, TaskModel]
    decode: Decode
    nbytes: int
    concurrency: int
    input_side: int | None
    close: Callable[[], None]
    logits: Logits | None = None

    @property
    def identity(self) -> ModelIdentity:
        """The identity its tasks share."""
        return next(iter(self.tasks.values())).identity
