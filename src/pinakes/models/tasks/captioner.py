"""Models that say what a picture shows, whatever runtime executes them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import InvalidRequest, ModelFailed, ModelUnusable
from pinakes.core.types import Caption, ModelIdentity, Pixels, Task
from pinakes.models.base import LoadedModel, Prepared, Result
from pinakes.models.tasks import picture_input
from pinakes.models.tasks.dual_encoder import Floats, accepted_picture
from pinakes.models.tasks.load_options import LoadOptions
from pinakes.models.tasks.picture_input import PictureInput

#: Writes captions: float32 (n, 3, height, width) to the token ids of each, closing tokens and all.
Write = Callable[[Floats], Sequence[Sequence[int]]]

#: Token ids to words, without the special tokens.
Words = Callable[[Sequence[int]], str]


class CaptionSide:
    """Implements `TaskModel`: decoded pictures to captions."""

    def __init__(self, identity: ModelIdentity, picture: PictureInput, write: Write, words: Words) -> None:
        self._identity, self._picture, self._write, self._words = identity, picture, write, words

    @property
    def identity(self) -> ModelIdentity:
        """The model's identity, of no dimensions."""
        return self._identity

    def preprocess(self, item: Pixels | str) -> Prepared:
        """Make a decoded picture the tensor that the model looks at."""
        if isinstance(item, str):
            raise InvalidRequest(f"{self._identity.name} describes pictures, not words.")
        return self.accept(self._picture(item))

    def accept(self, tensor: NDArray[Any]) -> Prepared:
        """Take a prepared picture: float32 (3, height, width)."""
        return accepted_picture(tensor, self._picture, self._identity.name)

    def infer(self, batch: Sequence[Prepared]) -> Sequence[Sequence[int]]:
        """The token ids of each caption."""
        return self._write(np.stack([prepared.array for prepared in batch]))

    def postprocess(self, inferred: Sequence[Sequence[int]]) -> list[Result]:
        """The captions in words."""
        return [Caption(self._words(ids).strip()) for ids in inferred]


@dataclass(frozen=True, slots=True)
class Captioner:
    """A model that writes captions, in some runtime.

    Attributes:
        rules: whatever beside the picture's preparation changes a caption.
        nbytes: memory of the weights.
        close: releases them.
    """

    picture: PictureInput
    write: Write
    words: Words
    rules: Hashable
    nbytes: int
    close: Callable[[], None]


def loaded(captioner: Captioner, options: LoadOptions) -> LoadedModel:
    """The model behind the seam of `models.base`, once it has described a black picture.

    Raises:
        ModelUnusable: it does not run.
    """
    picture = captioner.picture
    try:
        captioner.write(np.zeros((1, 3, picture.height, picture.width), dtype=np.float32))
    except ModelFailed as error:
        raise ModelUnusable(
            f"The model does not describe a picture: {error}",
            remedy="Get it again; its files may be of different models.",
        ) from error
    preprocess = picture_input.fingerprint(picture, options.variant, captioner.rules)
    identity = ModelIdentity(options.name, options.revision, preprocess, 0)
    return LoadedModel(
        name=options.name,
        tasks={Task.CAPTIONING: CaptionSide(identity, picture, captioner.write, captioner.words)},
        decode=options.decode_for(picture_input.DECODE_FACTOR * picture.side),
        nbytes=captioner.nbytes,
        concurrency=options.concurrency,
        input_side=picture.side,
        close=captioner.close,
    )
