"""KServe's first protocol, as its SDK and TensorFlow Serving's clients send it."""

import base64
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from tests.services.inference.openai.one_service import service
from tests.stand_ins import StandInModel, vector_of


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(StandInModel(), dialects=("kserve",)) as opened:
        yield opened


def predicted(client: httpx.Client, *instances: object, model: str = "stand-in") -> httpx.Response:
    return client.post(f"/v1/models/{model}:predict", json={"instances": list(instances)})


def test_instances_are_texts_or_pictures(client: httpx.Client) -> None:
    written = base64.b64encode(b"one").decode()
    found = predicted(
        client, "a cat", {"b64": written}, {"image_bytes": {"b64": written}}, {"text": "a dog"}
    ).json()
    expected = [vector_of(content) for content in (b"a cat", b"one", b"one", b"a dog")]
    assert list(found) == ["predictions"]
    assert np.array_equal(np.float32(found["predictions"]), expected)


def test_the_lists_say_what_its_sdk_looks_for(client: httpx.Client) -> None:
    assert client.get("/v1/models").json()["models"] == ["stand-in"]
    found = client.get("/v1/models/stand-in").json()
    assert (found["name"], found["ready"]) == ("stand-in", True)


def test_an_unknown_model_is_not_found(client: httpx.Client) -> None:
    assert predicted(client, "a", model="other").status_code == 404


@pytest.mark.parametrize("instance", [[0.1, 0.2], 5, None, {"tensor": [1]}])
def test_what_is_neither_is_refused(client: httpx.Client, instance: object) -> None:
    refused = predicted(client, "a", instance)
    assert refused.status_code == 400
    assert "instances[1]" in refused.json()["error"]["message"]
