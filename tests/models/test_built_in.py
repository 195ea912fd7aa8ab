"""The built-in model behind the embedder protocol: order, refusals, and neighbours left unharmed."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pinakes.core.errors import ImageRefused, InvalidRequest
from pinakes.core.protocols import Embedder
from pinakes.core.types import ModelIdentity, Pixels, Reason, Refusal, Task
from pinakes.models.base import LoadedModel, Prepared, Result, TaskModel
from pinakes.models.built_in import IDENTITY, BuiltInModel, built_in
from pinakes.models.embedder import LocalModel
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

    identity = ModelIdentity("touchy", "1", "none", 1)

    def __init__(self) -> None:
        self.closed = False
        self.batches: list[int] = []

    def preprocess(self, item: Pixels | str) -> Prepared:
        assert not isinstance(item, str)
        return Prepared(item, cost=item.size, shape=item.shape)

    def accept(self, tensor: NDArray[Any]) -> Prepared:
        return self.preprocess(tensor)

    def infer(self, batch: Sequence[Prepared]) -> int:
        self.batches.append(len(batch))
        if any(prepared.array.flat[0] == 13 for prepared in batch):
            raise RuntimeError("unlucky")
        return len(batch)

    def postprocess(self, inferred: int) -> list[Result]:
        return [np.ones(1, dtype=np.float32) for _ in range(inferred)]

    def close(self) -> None:
        self.closed = True


def local(model: Touchy) -> LocalModel:
    tasks: dict[Task, TaskModel] = {Task.IMAGE_EMBEDDING: model}
    loaded = LoadedModel("touchy", tasks, decode, nbytes=0, concurrency=1, input_side=None, close=model.close)
    return LocalModel(loaded)


def test_implements_the_seams() -> None:
    assert isinstance(LocalModel(built_in(decode)), Embedder)
    assert isinstance(BuiltInModel(), TaskModel)
    assert LocalModel(built_in(decode)).identity == IDENTITY


def test_embeds_in_order_and_refuses_bad_pictures_alone() -> None:
    embedder = LocalModel(built_in(decode))
    answers = embedder.embed([png(picture(1)), b"no picture", png(picture(2))])
    embedder.close()
    assert answers[1] == Refusal(Reason.DAMAGED, "It cannot be decoded. Restore it.")
    for answer, seed in ((answers[0], 1), (answers[2], 2)):
        assert isinstance(answer, np.ndarray)
        assert answer.shape == (IDENTITY.dimensions,)
        assert np.array_equal(answer, describe(picture(seed)))


def test_nothing_asked_nothing_answered() -> None:
    assert LocalModel(built_in(decode)).embed([]) == []


@pytest.mark.parametrize("unlucky", [[0], [3], [0, 7], [2, 3, 4], list(range(8))])
def test_a_failing_picture_fails_alone(unlucky: list[int]) -> None:
    model = Touchy()
    pictures = [np.full((2, 2, 3), 13 if place in unlucky else 7, dtype=np.uint8) for place in range(8)]
    answers = local(model).embed([png(pixels) for pixels in pictures])
    refused = [place for place, answer in enumerate(answers) if isinstance(answer, Refusal)]
    assert refused == unlucky
    assert {answers[place].reason for place in refused} == {Reason.MODEL_FAILED}  # type: ignore[union-attr]
    assert len(model.batches) <= 15


def test_closing_closes_the_model() -> None:
    model = Touchy()
    local(model).close()
    assert model.closed


def test_pictures_of_different_shapes_never_share_a_batch() -> None:
    model = Touchy()
    sides = [2, 3, 2, 3, 2]
    answers = local(model).embed([png(np.zeros((side, side, 3), np.uint8)) for side in sides])
    assert not any(isinstance(answer, Refusal) for answer in answers)
    assert model.batches == [3, 2]


def test_a_model_without_words_says_so() -> None:
    with pytest.raises(InvalidRequest, match="does no text-embedding"):
        LocalModel(built_in(decode)).embed_texts(["a cat"])
    with pytest.raises(InvalidRequest, match="pictures, not words"):
        BuiltInModel().preprocess("a cat")
