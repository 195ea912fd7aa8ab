"""The description of OpenAI's paths is held against what they take and answer."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.services.inference.openai.one_service import service
from tests.stand_ins import StandInModel


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(StandInModel()) as opened:
        yield opened


@pytest.fixture(scope="module")
def described(client: httpx.Client) -> Any:
    return client.get("/openapi.json").json()["paths"]["/v1/embeddings"]["post"]


def schema_of(described: Any, *places: str) -> Any:
    for place in places:
        described = described[place]
    return described["content"]["application/json"]["schema"]


def test_every_field_that_is_described_is_looked_at(client: httpx.Client, described: Any) -> None:
    fields = schema_of(described, "requestBody")["properties"]
    assert set(fields) == {
        "model",
        "input",
        "modality",
        "messages",
        "encoding_format",
        "dimensions",
        "user",
    }
    for field in fields:  # an object is wrong for each of them
        refused = client.post("/v1/embeddings", json={"input": "a", field: {"wrong": 1}})
        assert refused.status_code == 400
        assert refused.json()["error"]["param"].partition("[")[0] == field


def test_an_answer_has_the_keys_that_are_described(client: httpx.Client, described: Any) -> None:
    schema = schema_of(described, "responses", "200")
    answer = client.post("/v1/embeddings", json={"input": "a"}).json()
    assert set(answer) == set(schema["properties"]) == set(schema["required"])
    assert set(answer["data"][0]) == set(schema["properties"]["data"]["items"]["properties"])
    assert set(answer["usage"]) == set(schema["properties"]["usage"]["properties"])


def test_an_error_has_the_keys_that_are_described(client: httpx.Client, described: Any) -> None:
    refused = client.post("/v1/embeddings", json={"input": "a", "model": "none"})
    schema = schema_of(described, "responses", str(refused.status_code))["properties"]["error"]
    assert set(refused.json()["error"]) == set(schema["properties"]) == set(schema["required"])
