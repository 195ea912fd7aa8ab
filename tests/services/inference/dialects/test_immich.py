"""What Immich's server sends to its machine learning container, to the letter."""

import json
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from tests.services.inference.openai.one_service import service
from tests.stand_ins import CORRUPT, StandInModel, vector_of


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(StandInModel(), dialects=("immich",)) as opened:
        yield opened


def entries(side: str, model: str = "stand-in", **options: object) -> str:
    entry = {"modelName": model, "options": options} if options else {"modelName": model}
    return json.dumps({"clip": {side: entry}})


def predicted(client: httpx.Client, written: str, **parts: object) -> httpx.Response:
    return client.post("/predict", files={"entries": (None, written), **parts})  # type: ignore[dict-item]


def test_a_picture(client: httpx.Client) -> None:
    found = predicted(client, entries("visual"), image=("blob", b"one", "application/octet-stream")).json()
    assert isinstance(found["clip"], str)  # Immich hands the text on to its database
    assert np.array_equal(np.float32(json.loads(found["clip"])), vector_of(b"one"))


def test_words(client: httpx.Client) -> None:
    found = predicted(client, entries("textual", language="de"), text=(None, "eine Küche")).json()
    assert np.array_equal(np.float32(json.loads(found["clip"])), vector_of("eine Küche".encode()))


def test_pinged(client: httpx.Client) -> None:
    assert client.get("/ping").text == "pong"


@pytest.mark.parametrize(
    ("written", "parts", "status"),
    [
        (entries("visual"), {"image": ("blob", CORRUPT)}, 400),
        (entries("visual", "ViT-B-32__openai"), {"image": ("blob", b"one")}, 404),
        (entries("visual"), {"text": (None, "words")}, 400),
        (entries("textual"), {}, 400),
        (
            '{"facial-recognition": {"detection": {"modelName": "buffalo_l"}}}',
            {"image": ("blob", b"one")},
            400,
        ),
        ('{"clip": {"visual": {"modelName": "stand-in"}}, "ocr": {}}', {"image": ("blob", b"one")}, 400),
        ("no JSON", {"image": ("blob", b"one")}, 400),
        ("{}", {"image": ("blob", b"one")}, 400),
    ],
)
def test_what_cannot_be_done_is_told(
    client: httpx.Client, written: str, parts: dict[str, object], status: int
) -> None:
    refused = predicted(client, written, **parts)
    assert refused.status_code == status
    assert refused.json()["detail"]


def test_another_media_type_is_not_taken(client: httpx.Client) -> None:
    assert client.post("/predict", json={}).status_code == 415
