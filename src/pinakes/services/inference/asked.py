"""What a request in any protocol comes to, and what its answer is written from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.core.types import ModelIdentity, Vector


class InvalidField(InvalidRequest):
    """Raised when a field of a request is malformed; `field` is its name on the wire."""

    def __init__(self, field: str, message: str, *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.field = field


class ModelNotFound(NotFound):
    """Raised when a request names a model that there is none of."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What became of a request whose inputs were all embedded.

    Attributes:
        identity: what the vectors may be compared by.
        vectors: one per input, in order: float32 (dimensions,), of Euclidean length 1.
        pictures: how many of the inputs were pictures.
        tokens: tokens that the model read of all texts, after cutting and with filling; pictures count none.
        seconds: from the request's last byte to the last vector.
    """

    identity: ModelIdentity
    vectors: Sequence[Vector]
    pictures: int
    tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for embeddings.

    Attributes:
        inputs: encoded pictures (bytes) and texts (str), in any order.
        write: makes the answer's body, JSON.
        model: the name asked for; empty for the default model.
        client: whoever the caller says the request is for; empty if it does not.
        dimensions: how many numbers a vector must have; None for the model's own.
        fields: where each input stands in the request, for errors.
    """

    inputs: Sequence[bytes | str]
    write: Callable[[Embedded], bytes]
    model: str = ""
    client: str = ""
    dimensions: int | None = None
    fields: Sequence[str] = ()
