"""What Weaviate's multi2vec-clip module sends, to the letter."""

import base64
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from tests.services.inference.openai.one_service import service
from tests.stand_ins import CORRUPT, StandInModel, vector_of


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(StandInModel(), dialects=("weaviate",)) as opened:
        yield opened


def base64_of(image: bytes) -> str:
    return base64.b64encode(image).decode()


def test_texts_and_pictures_come_back_apart(client: httpx.Client) -> None:
    body = {"texts": ["a cat", "a dog"], "images": [base64_of(b"one")]}
    found = client.post("/vectorize", json=body).json()
    assert np.array_equal(np.float32(found["textVectors"]), [vector_of(b"a cat"), vector_of(b"a dog")])
    assert np.array_equal(np.float32(found["imageVectors"]), [vector_of(b"one")])


def test_gos_empty_slices_are_null(client: httpx.Client) -> None:
    found = client.post("/vectorize", content=b'{"texts":null,"images":["b25l"]}').json()
    assert found["textVectors"] == []
    assert np.array_equal(np.float32(found["imageVectors"]), [vector_of(b"one")])


def test_probes_are_answered_with_204(client: httpx.Client) -> None:
    for path in ("/.well-known/live", "/.well-known/ready"):
        assert client.get(path).status_code == 204
    assert client.get("/meta").json() == {"model": "stand-in", "revision": "1"}


def test_probes_need_no_key_and_the_rest_does() -> None:
    with service(StandInModel(), dialects=("weaviate",), api_key="secret") as own:
        assert own.get("/.well-known/ready").status_code == 204
        assert own.post("/vectorize", json={"texts": ["a"]}).status_code == 401


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"images": [base64_of(b"one"), base64_of(CORRUPT)]}, "images[1] was refused"),
        ({"texts": [], "images": []}, "nothing to embed"),
        ({"texts": "a", "images": "b"}, "images must be a list"),
    ],
)
def test_errors_are_where_weaviate_looks_for_them(
    client: httpx.Client, body: dict[str, object], named: str
) -> None:
    refused = client.post("/vectorize", json=body)
    assert refused.status_code == 400
    assert named in refused.json()["error"]
