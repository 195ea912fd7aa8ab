"""The client and our own inference service, each call on the real wire, awaited and waited for."""

import asyncio
import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.stand_ins import only_offer, served

from pinakes.clients import AsyncClient, Client
from pinakes.core.errors import ImageRefused, InvalidRequest
from pinakes.core.settings import ClientSettings, Settings
from pinakes.core.types import Caption, ModelIdentity, Pixels, Reason, Refusal, Task, Vector
from pinakes.models.base import LoadedModel, Logits, Prepared, Result, TaskModel
from pinakes.services.inference.main import build_application

SIDE = 8

IDENTITY = ModelIdentity("thumbnail", "1", "middle-8", 3 * SIDE * SIDE)


def decode(encoded: bytes) -> Pixels:
    try:
        with Image.open(io.BytesIO(encoded)) as image:
            return np.asarray(image.convert("RGB"))
    except OSError as error:
        raise ImageRefused(Reason.NOT_A_PICTURE, "It is no picture.") from error


def reduced(pixels: Pixels, side: int = SIDE) -> Pixels:
    """The middle of a picture whose shorter side was brought to `side`; one of that size stays as it is."""
    image = Image.fromarray(pixels)
    short = min(image.size)
    image = image.resize(
        (side * image.width // short, side * image.height // short), Image.Resampling.BICUBIC
    )
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)))


class Thumbnail:
    """Implements TaskModel: the embedding of a picture is its thumbnail, of words their letters."""

    identity = IDENTITY

    def __init__(self, task: Task) -> None:
        self.task = task

    def preprocess(self, item: Pixels | str) -> Prepared:
        if isinstance(item, str):
            letters = np.frombuffer(item.encode().ljust(IDENTITY.dimensions), np.uint8)[: IDENTITY.dimensions]
            return Prepared(letters.astype(np.float32), 1, "words")
        return Prepared(reduced(item).astype(np.float32).ravel() / 255 - 0.4, SIDE * SIDE)

    def accept(self, tensor: NDArray[Any]) -> Prepared:
        return Prepared(tensor.ravel(), SIDE * SIDE)

    def infer(self, batch: Sequence[Prepared]) -> NDArray[np.float32]:
        return np.stack([prepared.array for prepared in batch])

    def postprocess(self, inferred: NDArray[np.float32]) -> list[Result]:
        if self.task is Task.CAPTIONING:
            return [Caption("bright" if row.mean() > 0 else "dark") for row in inferred]
        return list(inferred / np.linalg.norm(inferred, axis=1, keepdims=True))


class SamePreprocess:
    """The local part of the preprocess, by the service's own code."""

    fingerprint = IDENTITY.preprocess

    def equals(self, preprocess: str) -> bool:
        return preprocess == self.fingerprint

    def pixels(self, encoded: bytes, side: int) -> Pixels:
        return reduced(decode(encoded), side)

    def tensor(self, encoded: bytes, side: int) -> NDArray[np.float32]:
        return reduced(decode(encoded), side).transpose(2, 0, 1).astype(np.float32)


def picture(seed: int) -> bytes:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(coarse).resize((400, 300), Image.Resampling.BICUBIC).save(stream, "JPEG")
    return stream.getvalue()


PICTURES = [picture(seed) for seed in range(20)]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    def load() -> LoadedModel:
        tasks: dict[Task, TaskModel] = {task: Thumbnail(task) for task in Task}
        logits = Logits(100.0, 0.0, "softmax")
        return LoadedModel("thumbnail", tasks, decode, 0, 1, SIDE, lambda: None, logits)

    with served(build_application(Settings(), lambda: only_offer(load, name="thumbnail"))) as client:
        yield str(client.base_url)


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[Client]:
    with Client(url) as opened:
        yield opened


def vectors(outcomes: Sequence[Vector | Refusal]) -> NDArray[np.float32]:
    assert not [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    return np.stack([outcome for outcome in outcomes if not isinstance(outcome, Refusal)])


def test_what_awaits_and_what_waits_say_the_same(url: str, client: Client) -> None:
    async def run() -> tuple[object, ...]:
        async with AsyncClient(url) as awaiting:
            return (
                await awaiting.identity(),
                vectors(await awaiting.embed(PICTURES)).tolist(),
                vectors(await awaiting.embed_texts(["a cat"])).tolist(),
                await awaiting.caption(PICTURES),
                await awaiting.label(PICTURES[:2], ["cat", "dog"]),
            )

    waited = (
        client.identity,
        vectors(client.embed(PICTURES)).tolist(),
        vectors(client.embed_texts(["a cat"])).tolist(),
        client.caption(PICTURES),
        client.label(PICTURES[:2], ["cat", "dog"]),
    )
    assert asyncio.run(run()) == waited
    assert waited[0] == IDENTITY


def test_captions_and_labels_are_the_models(client: Client) -> None:
    bad, caption = client.caption([b"this is no picture", PICTURES[0]])
    assert isinstance(bad, Refusal)
    assert caption in (Caption("bright"), Caption("dark"))
    (labels,) = client.label(PICTURES[:1], ["cat", "dog", "house"])
    assert not isinstance(labels, Refusal)
    assert {each.label for each in labels} == {"cat", "dog", "house"}
    assert sum(each.score for each in labels) == pytest.approx(1.0, abs=1e-4)
    assert labels[0].score >= labels[1].score >= labels[2].score


def test_pixels_give_bit_for_bit_what_files_give(url: str, client: Client) -> None:
    settings = ClientSettings(send="pixels")
    with Client(url, settings, preprocess=SamePreprocess()) as sending:
        assert sending.identity == client.identity
        assert np.array_equal(vectors(sending.embed(PICTURES)), vectors(client.embed(PICTURES)))
        good, bad = sending.embed([PICTURES[0], b"this is no picture"])
    assert isinstance(bad, Refusal)
    assert not isinstance(good, Refusal)


def test_the_open_inference_protocol_gives_the_same_embeddings_and_says_so(url: str, client: Client) -> None:
    settings = ClientSettings(protocol="oip")
    with Client(url, settings) as files:
        assert np.allclose(vectors(files.embed(PICTURES)), vectors(client.embed(PICTURES)), atol=1e-6)
        assert files.identity == client.identity  # our service says so in any protocol that has room for it


@pytest.mark.parametrize("model", ["thumbnail", "thumbnail@1"])
def test_a_model_is_asked_for_by_name_or_revision(url: str, model: str) -> None:
    with Client(url, ClientSettings(model=model)) as named:
        assert named.identity == IDENTITY
        vectors(named.embed(PICTURES[:2]))


def test_a_model_it_has_not_is_said_with_those_it_has(url: str) -> None:
    with (
        Client(url, ClientSettings(model="nope")) as named,
        pytest.raises(InvalidRequest, match="nope") as caught,
    ):
        named.embed(PICTURES[:1])
    assert "thumbnail" in caught.value.remedy
