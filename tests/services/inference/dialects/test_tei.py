"""Requests of Text Embeddings Inference's clients: huggingface_hub's own, unmodified."""

from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from huggingface_hub import InferenceClient
from tests.services.inference.openai.one_service import service
from tests.stand_ins import StandInModel, vector_of


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(StandInModel(), dialects=("tei",)) as opened:
        yield opened


def test_the_hubs_inference_client(client: httpx.Client) -> None:
    found = InferenceClient(str(client.base_url)).feature_extraction("a cat", normalize=True, truncate=True)
    assert np.array_equal(found, [vector_of(b"a cat")])


def test_several_texts(client: httpx.Client) -> None:
    found = client.post("/", json={"inputs": ["a cat", "a dog"], "truncate": True}).json()
    assert np.array_equal(np.float32(found), [vector_of(b"a cat"), vector_of(b"a dog")])


def test_what_serves_is_said(client: httpx.Client) -> None:
    told = client.get("/info").json()
    assert (told["model_id"], told["model_sha"]) == ("stand-in", "1")
    assert told["max_client_batch_size"] == 256


def test_our_own_page_at_the_root_stays(client: httpx.Client) -> None:
    assert client.get("/").json()["service"] == "Pinakes inference"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"inputs": []},
        {"inputs": [5]},
        {"inputs": "a", "normalize": False},
        {"inputs": "a", "dimensions": 4},
    ],
)
def test_what_cannot_be_done_is_told(client: httpx.Client, body: dict[str, object]) -> None:
    assert client.post("/", json=body).status_code == 400
