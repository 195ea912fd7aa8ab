"""Models with a picture side and a text side whose vectors are comparable, whatever runtime executes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import InvalidRequest, ModelFailed, ModelUnusable
from pinakes.core.types import ModelIdentity, Pixels, Task
from pinakes.models.base import LoadedModel, Logits, Prepared, Result
from pinakes.models.tasks import picture_input
from pinakes.models.tasks.load_options import LoadOptions
from pinakes.models.tasks.picture_input import PictureInput
from pinakes.models.tasks.tokenizing import Ids, Tokenizer

Floats = NDArray[np.float32]

#: Runs the picture side: float32 (n, 3, height, width) to float32 (n, dimensions).
EncodePictures = Callable[[Floats], Floats]

#: Runs the text side: token ids and attention mask, int64 (n, tokens), to float32 (n, dimensions).
EncodeTexts = Callable[[Ids, Ids], Floats]

Family = Literal["clip", "siglip", "siglip2"]


class PictureSide:
    """Implements `TaskModel`: decoded pictures to unit-length vectors."""

    def __init__(self, identity: ModelIdentity, picture: PictureInput, encode: EncodePictures) -> None:
        self._identity, self._picture, self._encode = identity, picture, encode

    @property
    def identity(self) -> ModelIdentity:
        """The identity that both sides share."""
        return self._identity

    def preprocess(self, item: Pixels | str) -> Prepared:
        """Make a decoded picture the tensor that the model looks at."""
        if isinstance(item, str):
            raise InvalidRequest(f"The picture side of {self._identity.name} takes pictures, not words.")
        return self.accept(self._picture(item))

    def accept(self, tensor: NDArray[Any]) -> Prepared:
        """Take a prepared picture: float32 (3, height, width)."""
        return accepted_picture(tensor, self._picture, self._identity.name)

    def infer(self, batch: Sequence[Prepared]) -> Floats:
        """The model's vectors of a batch: float32 (n, dimensions), of any length."""
        return self._encode(stacked([prepared.array for prepared in batch]))

    def postprocess(self, inferred: Floats) -> list[Result]:
        """Unit-length vectors."""
        return unit_length(inferred)


class TextSide:
    """Implements `TaskModel`: words to unit-length vectors."""

    def __init__(
        self, identity: ModelIdentity, tokenizer: Tokenizer, encode: EncodeTexts, *, tokens: int | None = None
    ) -> None:
        """`tokens` is the length that the graph insists on; None where it takes any."""
        self._identity, self._tokenizer, self._encode, self._tokens = identity, tokenizer, encode, tokens

    @property
    def identity(self) -> ModelIdentity:
        """The identity that both sides share."""
        return self._identity

    def preprocess(self, item: Pixels | str) -> Prepared:
        """Make words token ids; those beyond the model's length are cut off."""
        if not isinstance(item, str):
            raise InvalidRequest(f"The text side of {self._identity.name} takes words, not pictures.")
        return self.accept(self._tokenizer(item))

    def accept(self, tensor: NDArray[Any]) -> Prepared:
        """Take token ids: int64 or int32 (tokens,), at most as many as the model takes."""
        longest = self._tokenizer.length
        if tensor.dtype not in (np.int64, np.int32) or tensor.ndim != 1 or not 0 < len(tensor) <= longest:
            raise InvalidRequest(
                f"{self._identity.name} takes int64 token ids of shape (1 to {longest},), "
                f"not {tensor.dtype} {tensor.shape}."
            )
        # Texts of all lengths share batches: the model's attention never reaches what fills them up.
        return Prepared(tensor.astype(np.int64), cost=self._tokens or len(tensor))

    def infer(self, batch: Sequence[Prepared]) -> Floats:
        """The model's vectors of a batch: float32 (n, dimensions), of any length."""
        ids, mask = self._tokenizer.batch([prepared.array for prepared in batch], length=self._tokens)
        return self._encode(ids, mask)

    def postprocess(self, inferred: Floats) -> list[Result]:
        """Unit-length vectors."""
        return unit_length(inferred)


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a model in some runtime.

    Attributes:
        tokens: the number of tokens that every text must have; None for any.
        logits: how cosines become probabilities, from the number of dimensions.
        nbytes: memory of the weights.
        close: releases them.
    """

    picture: PictureInput
    tokenizer: Tokenizer
    encode_pictures: EncodePictures
    encode_texts: EncodeTexts
    tokens: int | None
    logits: Callable[[int], Logits]
    nbytes: int
    close: Callable[[], None]


def loaded(sides: Sides, options: LoadOptions) -> LoadedModel:
    """The model behind the seam of `models.base`, once both sides have shown that they run.

    Raises:
        ModelUnusable: one does not run, or the two give vectors of different lengths.
    """
    dimensions = _probed(sides)
    preprocess = picture_input.fingerprint(sides.picture, options.variant, sides.tokenizer.rules)
    identity = ModelIdentity(options.name, options.revision, preprocess, dimensions)
    return LoadedModel(
        name=options.name,
        tasks={
            Task.IMAGE_EMBEDDING: PictureSide(identity, sides.picture, sides.encode_pictures),
            Task.TEXT_EMBEDDING: TextSide(identity, sides.tokenizer, sides.encode_texts, tokens=sides.tokens),
        },
        decode=options.decode_for(picture_input.DECODE_FACTOR * sides.picture.side),
        nbytes=sides.nbytes,
        concurrency=options.concurrency,
        input_side=sides.picture.side,
        close=sides.close,
        logits=sides.logits(dimensions),
    )


def family_of(model_type: str, tokenizer: Tokenizer) -> Family:
    """Which family a model is of; SigLIP 2 of a fixed resolution says `siglip`, and has another tokenizer."""
    if not model_type.startswith("siglip"):
        return "clip"
    return "siglip2" if tokenizer.pairs else "siglip"


def accepted_picture(tensor: NDArray[Any], picture: PictureInput, name: str) -> Prepared:
    """A prepared picture as an input of the model.

    Raises:
        InvalidRequest: it is not float32 (3, height, width).
    """
    shape = (3, picture.height, picture.width)
    if tensor.dtype != np.float32 or tensor.shape != shape:
        raise InvalidRequest(f"{name} takes float32 of shape {shape}, not {tensor.dtype} {tensor.shape}.")
    return Prepared(tensor, cost=picture.height * picture.width, shape=shape)


def stacked(arrays: Sequence[Floats]) -> Floats:
    """Inputs as one batch along a new first axis; a single one is not copied."""
    return arrays[0][None] if len(arrays) == 1 else np.stack(arrays)


def unit_length(rows: Floats) -> list[Result]:
    """Each row divided by its Euclidean length, float32 (dimensions,).

    Raises:
        ModelFailed: a row is nothing but zeros, or not finite.
    """
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    if not np.all(np.isfinite(lengths)) or not np.all(lengths):
        raise ModelFailed("The model gave a vector without direction.")
    return list((rows / lengths).astype(np.float32))


def _probed(sides: Sides) -> int:
    """Dimensions of the vectors, found by running both sides once; what does not fit together shows here."""
    blank = np.zeros((1, 3, sides.picture.height, sides.picture.width), dtype=np.float32)
    try:
        seen = sides.encode_pictures(blank).shape
        read = sides.encode_texts(*sides.tokenizer.batch([sides.tokenizer("a")], length=sides.tokens)).shape
    except (ModelFailed, InvalidRequest) as error:
        raise ModelUnusable(
            f"The model does not run on pictures or words prepared as its files say: {error}",
            remedy="Get the model again; its files may be of different models.",
        ) from error
    if len(seen) != 2 or seen != read:
        raise ModelUnusable(
            f"Pictures and words of this model cannot be compared: it gives {seen[1:]} and {read[1:]}.",
            remedy="Get it in an export that includes the projection of both sides.",
        )
    return int(seen[1])
