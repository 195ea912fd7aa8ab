"""The model that ships with the product: no weights, no download, the same numbers everywhere."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import InvalidRequest
from pinakes.core.types import ModelIdentity, Pixels, Task, Vector
from pinakes.models.base import Decode, LoadedModel, Prepared, Result
from pinakes.models.global_descriptor import DIMENSIONS, REVISION, describe

#: Names the built-in model; the preprocess is what callers decode to, before `describe` reduces it further.
IDENTITY = ModelIdentity("pinakes-global", REVISION, "upright-srgb-512", DIMENSIONS)


class BuiltInModel:
    """Implements `TaskModel` with the weightless global descriptor of pictures of any size."""

    @property
    def identity(self) -> ModelIdentity:
        """`pinakes-global`, 409 dimensions."""
        return IDENTITY

    def preprocess(self, item: Pixels | str) -> Prepared:
        """Take a picture as it is; words are refused."""
        if isinstance(item, str):
            raise InvalidRequest("The built-in model embeds pictures, not words.")
        return Prepared(item, cost=item.shape[0] * item.shape[1])

    def accept(self, tensor: NDArray[Any]) -> Prepared:
        """Take decoded pixels: uint8 (height, width, 3)."""
        if tensor.dtype != np.uint8 or tensor.ndim != 3 or tensor.shape[2] != 3 or 0 in tensor.shape:
            raise InvalidRequest(
                f"The built-in model takes uint8 (height, width, 3), not {tensor.dtype} {tensor.shape}."
            )
        return Prepared(tensor, cost=tensor.shape[0] * tensor.shape[1])

    def infer(self, batch: Sequence[Prepared]) -> list[Vector]:
        """Describe each picture by itself; see `describe`."""
        return [describe(prepared.array) for prepared in batch]

    def postprocess(self, inferred: list[Vector]) -> list[Result]:
        """The vectors are done."""
        return list(inferred)


def built_in(decode: Decode) -> LoadedModel:
    """The built-in model, ready.

    `decode` must give upright sRGB with a long side of at most 512 px (`images.decode.decode_reduced` with
    `WORKING_SIDE`), or raise `ImageRefused`.
    """
    return LoadedModel(
        name=IDENTITY.name,
        tasks={Task.IMAGE_EMBEDDING: BuiltInModel()},
        decode=decode,
        nbytes=0,
        concurrency=len(os.sched_getaffinity(0)),
        input_side=None,
        close=lambda: None,
    )
