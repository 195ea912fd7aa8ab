"""The seam every model implements: decoded pictures in, vectors out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from pinakes.core.types import ModelIdentity, Pixels, Vector

#: Turns encoded bytes into pixels, or raises `ImageRefused`. Handed in, since decoding is another room's.
Decode = Callable[[bytes], Pixels]


@runtime_checkable
class PixelModel(Protocol):
    """Embeds decoded pictures; knows nothing of files, batching, threads or wires."""

    @property
    def identity(self) -> ModelIdentity:
        """Name, revision, preprocess and dimensions of the vectors."""
        ...

    def infer(self, batch: Sequence[Pixels]) -> list[Vector]:
        """One unit-length float32 vector of shape (identity.dimensions,) per picture, in order.

        A picture's vector does not depend on its neighbours in the batch. May be called from several
        threads at once. Any exception means that the whole batch failed.
        """
        ...

    def close(self) -> None:
        """Release memory and devices."""
        ...
