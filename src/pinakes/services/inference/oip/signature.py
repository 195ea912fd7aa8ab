"""Which tensors a model takes and gives, by the tasks it does."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from pinakes.core.types import Task

#: Inputs: encoded files, decoded pixels, tensors that the caller preprocessed, words.
IMAGES, PIXELS, PIXEL_VALUES, TEXTS = "images", "pixels", "pixel_values", "texts"

#: Outputs: vectors, captions, and why an item was refused where the request takes partial answers.
EMBEDDINGS, CAPTIONS, REFUSED = "embeddings", "captions", "refused"

#: Tasks that look at pictures, in the order in which they are meant where a request does not say.
OF_PICTURES = (Task.IMAGE_EMBEDDING, Task.CAPTIONING)

#: Length of an axis that may be any.
ANY = -1


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output; -1 in its shape stands for any length, the first axis is that of the items."""

    name: str
    datatype: str
    shape: tuple[int, ...]


def inputs_of(tasks: Set[Task], side: int | None) -> list[Port]:
    """Inputs of a model, of which a request brings exactly one; `side` is what it looks at, in pixels."""
    ports = []
    if tasks & set(OF_PICTURES):
        ports = [Port(IMAGES, "BYTES", (ANY,)), Port(PIXELS, "UINT8", (ANY, ANY, ANY, 3))]
        if side is not None:
            ports.append(Port(PIXEL_VALUES, "FP32", (ANY, 3, side, side)))
    if Task.TEXT_EMBEDDING in tasks:
        ports.append(Port(TEXTS, "BYTES", (ANY,)))
    return ports


def outputs_of(tasks: Set[Task], dimensions: int) -> list[Port]:
    """Outputs of a model; `dimensions` are those of its vectors, 0 where they are not known yet."""
    ports = []
    if tasks & {Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING}:
        ports.append(Port(EMBEDDINGS, "FP32", (ANY, dimensions or ANY)))
    if Task.CAPTIONING in tasks:
        ports.append(Port(CAPTIONS, "BYTES", (ANY,)))
    return [*ports, Port(REFUSED, "BYTES", (ANY,))]
