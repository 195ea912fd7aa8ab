"""The built-in model behind the embedder protocol: order, refusals, and neighbours left unharmed."""

import io
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from pinakes.core.errors import ImageRefused
from pinakes.core.protocols import Embedder
from pinakes.core.types import ModelIdentity, Pixels, Reason, Refusal, Vector
from pinakes.models.base import PixelModel
from pinakes.models.built_in import IDENTITY, BuiltInEmbedder, BuiltInModel
from pinakes.models.embedder import PixelEmbedder
from pinakes.models.global_descriptor import describe


def decode(encoded: bytes) -> Pixels:
    try:
        with Image.open(io.BytesIO(encoded)) as opened:
            return np.asarray(opened.convert("RGB"))
    except OSError as error:
        raise ImageRefused(Reason.DAMAGED, "It cannot be decoded.", remedy="Restore it.") from error


def picture(seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def png(pixels: Pixels) -> bytes:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


class Touchy:
    """A model that fails on every batch with a picture whose first value is 13."""

    def __init__(self) -> None:
        self.closed = False
        self.calls = 0

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("touchy", "1", "none", 1)

    def infer(self, batch: Sequence[Pixels]) -> list[Vector]:
        self.calls += 1
        if any(pixels.flat[0] == 13 for pixels in batch):
            raise RuntimeError("unlucky")
        return [np.ones(1, dtype=np.float32) for _ in batch]

    def close(self) -> None:
        self.closed = True


def test_implements_the_seams() -> None:
    assert isinstance(BuiltInEmbedder(decode), Embedder)
    assert isinstance(BuiltInModel(), PixelModel)
    assert BuiltInEmbedder(decode).identity == IDENTITY


def test_embeds_in_order_and_refuses_bad_pictures_alone() -> None:
    embedder = BuiltInEmbedder(decode)
    answers = embedder.embed([png(picture(1)), b"no picture", png(picture(2))])
    embedder.close()
    assert answers[1] == Refusal(Reason.DAMAGED, "It cannot be decoded. Restore it.")
    for answer, seed in ((answers[0], 1), (answers[2], 2)):
        assert isinstance(answer, np.ndarray)
        assert answer.shape == (IDENTITY.dimensions,)
        assert np.array_equal(answer, describe(picture(seed)))


def test_nothing_asked_nothing_answered() -> None:
    assert BuiltInEmbedder(decode).embed([]) == []


@pytest.mark.parametrize("unlucky", [[0], [3], [0, 7], [2, 3, 4], list(range(8))])
def test_a_failing_picture_fails_alone(unlucky: list[int]) -> None:
    model = Touchy()
    pictures = [np.full((2, 2, 3), 13 if place in unlucky else 7, dtype=np.uint8) for place in range(8)]
    answers = PixelEmbedder(model, decode).embed([png(pixels) for pixels in pictures])
    refused = [place for place, answer in enumerate(answers) if isinstance(answer, Refusal)]
    assert refused == unlucky
    assert {answers[place].reason for place in refused} == {Reason.MODEL_FAILED}  # type: ignore[union-attr]
    assert model.calls <= 15


def test_closing_closes_the_model() -> None:
    model = Touchy()
    PixelEmbedder(model, decode).close()
    assert model.closed
