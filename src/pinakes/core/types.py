"""Small frozen values that every floor may hand to another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Decoded picture: uint8, shape (height, width, 3), sRGB, orientation applied.
Pixels = NDArray[np.uint8]

#: One embedding's numbers: float32, shape (dimensions,), Euclidean length 1.
Vector = NDArray[np.float32]

#: A row of a table, a line of the journal: names to plain values.
Row = dict[str, Any]


class Reason(StrEnum):
    """Why a file was skipped or refused; the value is what reports print."""

    NOT_A_PICTURE = "not-a-picture"
    SIDECAR = "sidecar"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    UNSUPPORTED_FORMAT = "unsupported-format"
    NEEDS_EXTRA = "needs-extra"
    TOO_MANY_BYTES = "too-many-bytes"
    TOO_MANY_PIXELS = "too-many-pixels"
    TOO_SLOW = "too-slow"
    DECODER_DIED = "decoder-died"
    PERMISSION_DENIED = "permission-denied"
    LINK = "link"
    HIDDEN = "hidden"
    EXCLUDED = "excluded"
    VANISHED = "vanished"
    CHANGED = "changed-while-read"
    UNREADABLE = "unreadable"
    SPECIAL_FILE = "special-file"
    MODEL_FAILED = "model-failed"
    OUT_OF_MEMORY = "out-of-memory"


class Tier(StrEnum):
    """Kinds of evidence that two pictures are the same, strongest first."""

    BYTES = "bytes"
    PIXELS = "pixels"
    HASH = "hash"
    COPY = "copy"
    SIMILAR = "similar"

    @property
    def rank(self) -> int:
        """0 for the strongest evidence, growing as it weakens."""
        return list(Tier).index(self)


class Task(StrEnum):
    """What a model does to one input; the value is what wires and settings say."""

    IMAGE_EMBEDDING = "image-embedding"
    TEXT_EMBEDDING = "text-embedding"
    CAPTIONING = "captioning"


@dataclass(frozen=True, slots=True)
class Caption:
    """What a model says of a picture, in words."""

    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one item of several could not be done, while its neighbours were."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What a result must carry so that two of them may be compared.

    `preprocess` fingerprints everything that happens to the bytes before inference; embeddings are
    comparable only where all of name, revision and preprocess are equal. `dimensions` is 0 where the
    model gives no vectors. The image and the text side of one model share one identity.
    """

    name: str
    revision: str
    preprocess: str
    dimensions: int

    @property
    def key(self) -> str:
        """`name@revision+preprocess`, for logs and journal lines."""
        return f"{self.name}@{self.revision}+{self.preprocess}"
