"""Cohere's requests, as its SDK sends them."""

import base64
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from tests.services.inference.openai.one_service import data_uri, service
from tests.stand_ins import CORRUPT, StandInModel, vector_of


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(StandInModel(), dialects=("cohere",)) as opened:
        yield opened


def asked(client: httpx.Client, **fields: object) -> httpx.Response:
    whole = {"model": "stand-in", "input_type": "search_document", "truncate": "END", **fields}
    return client.post("/v2/embed", json=whole)


def test_texts(client: httpx.Client) -> None:
    found = asked(client, texts=["a cat", "two dogs"], embedding_types=["float", "base64"]).json()
    expected = [vector_of(b"a cat"), vector_of(b"two dogs")]
    assert np.array_equal(np.float32(found["embeddings"]["float"]), expected)
    packed = [base64.b64decode(row) for row in found["embeddings"]["base64"]]
    assert np.array_equal([np.frombuffer(row, "<f4") for row in packed], expected)
    assert found["texts"] == ["a cat", "two dogs"]
    assert found["response_type"] == "embeddings_by_type"
    assert found["meta"]["billed_units"] == {"input_tokens": len("a cat" + "two dogs"), "images": 0}
    assert isinstance(found["id"], str)


def test_pictures(client: httpx.Client) -> None:
    found = asked(client, images=[data_uri(b"one")], input_type="image").json()
    assert np.array_equal(np.float32(found["embeddings"]["float"]), [vector_of(b"one")])
    assert found["meta"]["billed_units"] == {"input_tokens": 0, "images": 1}


def test_inputs_may_be_of_both_kinds(client: httpx.Client) -> None:
    inputs = [
        {"content": [{"type": "text", "text": "words"}]},
        {"content": [{"type": "image_url", "image_url": {"url": data_uri(b"one")}}]},
    ]
    found = asked(client, inputs=inputs, output_dimension=8).json()
    assert np.array_equal(np.float32(found["embeddings"]["float"]), [vector_of(b"words"), vector_of(b"one")])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, "exactly one"),
        ({"texts": ["a"], "images": [data_uri(b"one")]}, "exactly one"),
        ({"texts": ["a", 5]}, "texts[1]"),
        ({"images": ["https://example.org/a.jpg"]}, "fetches nothing"),
        ({"images": [data_uri(b"one"), data_uri(CORRUPT)]}, "images[1] was refused (truncated)"),
        ({"inputs": [{"content": []}]}, "inputs[0]"),
        ({"texts": ["a"], "embedding_types": ["int8"]}, "embedding_types"),
        ({"texts": ["a"], "output_dimension": 4}, "gives 8 dimensions"),
    ],
)
def test_what_cannot_be_done_is_told_as_its_sdk_reads_it(
    client: httpx.Client, fields: dict[str, object], named: str
) -> None:
    refused = asked(client, **fields)
    assert refused.status_code == 400
    assert set(refused.json()) == {"message"}
    assert named in refused.json()["message"]


def test_an_unknown_model_is_not_found(client: httpx.Client) -> None:
    refused = client.post("/v2/embed", json={"model": "embed-v4.0", "texts": ["a"]})
    assert refused.status_code == 404
    assert "embed-v4.0" in refused.json()["message"]
