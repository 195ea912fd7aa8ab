"""Roboflow's CLIP requests, as its SDK sends them."""

import base64
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from tests.services.inference.openai.one_service import service
from tests.stand_ins import StandInModel, vector_of


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(StandInModel(), dialects=("roboflow",)) as opened:
        yield opened


def picture(content: bytes) -> dict[str, str]:
    return {"type": "base64", "value": base64.b64encode(content).decode()}


def test_one_picture_and_several(client: httpx.Client) -> None:
    one = client.post("/clip/embed_image", json={"api_key": None, "image": picture(b"one")}).json()
    assert np.array_equal(np.float32(one["embeddings"]), [vector_of(b"one")])
    assert one["time"] > 0
    assert one["frame_id"] is None  # the SDK looks it up
    body = {"clip_version_id": "stand-in", "image": [picture(b"one"), picture(b"two")]}
    two = client.post("/clip/embed_image?api_key=any", json=body).json()
    assert np.array_equal(np.float32(two["embeddings"]), [vector_of(b"one"), vector_of(b"two")])


@pytest.mark.parametrize(("text", "count"), [("a cat", 1), (["a cat", "a dog"], 2)])
def test_texts(client: httpx.Client, text: object, count: int) -> None:
    found = client.post("/clip/embed_text", json={"text": text}).json()
    assert np.array_equal(np.float32(found["embeddings"]), [vector_of(b"a cat"), vector_of(b"a dog")][:count])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("embed_image", {"image": {"type": "url", "value": "https://example.org/a.jpg"}}, 400),
        ("embed_image", {"image": {"type": "numpy", "value": "gASV"}}, 400),  # a pickle: never read
        ("embed_image", {}, 400),
        ("embed_text", {}, 400),
        ("embed_text", {"text": "a", "clip_version_id": "ViT-B-16"}, 404),
    ],
)
def test_what_cannot_be_done_is_told(
    client: httpx.Client, path: str, body: dict[str, object], status: int
) -> None:
    refused = client.post(f"/clip/{path}", json=body)
    assert refused.status_code == status
    assert refused.json()["message"]
