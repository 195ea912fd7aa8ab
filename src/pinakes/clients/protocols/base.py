"""The seam every dialect implements: what to ask a server, and what to make of its replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from pinakes.clients.exchange import Dialogue, Reply
from pinakes.core.errors import PinakesError, ProtocolViolation
from pinakes.core.types import Caption, ModelIdentity, Refusal, Vector

#: Revision, and preprocess, of a model whose server does not say which it has.
UNSTATED = "unstated"


#: How pictures can be sent: encoded files, uint8 sRGB pixels (side, side, 3), or float32 tensors (3, side,
#: side) that a model reads as they are.
Form = Literal["files", "pixels", "tensors"]


@dataclass(frozen=True, slots=True)
class Served:
    """What a server says of itself: the model it embeds with, and the forms in which it takes pictures.

    `input_side` is None where pictures of any size go, or the server does not say.
    """

    identity: ModelIdentity
    forms: tuple[Form, ...] = ("files",)
    input_side: int | None = None


@dataclass(frozen=True, slots=True)
class Labelled:
    """How well one label fits a picture: a probability, 0 to 1."""

    label: str
    score: float


class Dialect(Protocol):
    """One server's dialect of one protocol; made for one server, it remembers what `look` was told.

    Attributes:
        most_items: most inputs in one request.

    Each method returns a `Dialogue`, which whoever owns the connection carries out. Every dialogue may raise
    what `error_of` gives for its replies, `ProtocolViolation` for an answer that does not fit together, and
    `InvalidRequest` where the dialect has no words for what is asked. `ImageRefused`, `TooLarge` and
    `DeadlineExceeded` condemn the request, not each of its inputs: asking in smaller portions finds the one.
    """

    most_items: int

    def look(self) -> Dialogue[Served]:
        """Ask who is there; must have been carried out once before anything else is asked."""
        ...

    def ping(self) -> Dialogue[None]:
        """Ask for the cheapest sign of life, one that does not wait behind other work."""
        ...

    def embed(self, images: Sequence[bytes]) -> Dialogue[list[Vector | Refusal]]:
        """Embed encoded pictures: one unit-length float32 vector or refusal each, in order."""
        ...

    def embed_arrays(self, arrays: Sequence[NDArray[Any]]) -> Dialogue[list[Vector | Refusal]]:
        """Embed pixels or tensors, all of one shape, in the form that `look` was told."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Dialogue[list[Vector | Refusal]]:
        """Embed words: one unit-length float32 vector or refusal each, in order."""
        ...

    def caption(self, images: Sequence[bytes]) -> Dialogue[list[Caption | Refusal]]:
        """Describe encoded pictures in words, one entry each, in order."""
        ...

    def label(
        self, images: Sequence[bytes], labels: Sequence[str]
    ) -> Dialogue[list[tuple[Labelled, ...] | Refusal]]:
        """Judge how well each label fits each picture, best first."""
        ...

    def error_of(self, reply: Reply) -> PinakesError | None:
        """The error that a reply stands for; None where it is an answer."""
        ...

    def violation(self, what: str) -> ProtocolViolation:
        """The error for an answer that a server of this dialect would not give."""
        ...
