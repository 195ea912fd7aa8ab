"""Makes an `Embedder` of any model: decode each picture, infer together, and let a bad one fail alone."""

from __future__ import annotations

from collections.abc import Sequence

from pinakes.core.errors import ImageRefused
from pinakes.core.types import ModelIdentity, Pixels, Reason, Refusal, Vector
from pinakes.models.base import Decode, PixelModel


class PixelEmbedder:
    """Implements `Embedder` in this process with a `PixelModel` and a decoder."""

    def __init__(self, model: PixelModel, decode: Decode) -> None:
        self._model = model
        self._decode = decode

    @property
    def identity(self) -> ModelIdentity:
        """The model's own identity."""
        return self._model.identity

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        """Embed encoded pictures; see `Embedder.embed`. Raises nothing for a bad picture."""
        decoded = [self._decoded(image) for image in images]
        vectors = iter(self._inferred([pixels for pixels in decoded if not isinstance(pixels, Refusal)]))
        return [pixels if isinstance(pixels, Refusal) else next(vectors) for pixels in decoded]

    def close(self) -> None:
        """Release the model."""
        self._model.close()

    def _decoded(self, image: bytes) -> Pixels | Refusal:
        try:
            return self._decode(image)
        except ImageRefused as error:
            return Refusal(Reason(error.reason), error.sentence)

    def _inferred(self, batch: list[Pixels]) -> list[Vector | Refusal]:
        """Vectors of a batch; where it fails it is halved, until only the guilty pictures are refused."""
        if not batch:
            return []
        try:
            return list(self._model.infer(batch))
        except Exception as error:  # a model may raise anything, and its neighbours must not suffer
            if len(batch) == 1:
                return [Refusal(Reason.MODEL_FAILED, f"The model failed on it: {error}.")]
            half = len(batch) // 2
            return self._inferred(batch[:half]) + self._inferred(batch[half:])
