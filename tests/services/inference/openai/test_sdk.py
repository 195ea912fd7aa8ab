"""The stock `openai` SDK, unmodified, against a running service."""

import asyncio
import base64
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from openai._base_client import BaseClient
from tests.services.inference.openai.one_service import data_uri, sdk_of, service, url_of
from tests.stand_ins import CORRUPT, DIMENSIONS, POISON, StandInModel, vector_of
from tests.waiting import PATIENCE


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(StandInModel(), max_items=40, max_request_bytes=2_000_000) as opened:
        yield opened


@pytest.fixture(scope="module")
def sdk(client: httpx.Client) -> Iterator[openai.OpenAI]:
    with sdk_of(client) as opened:
        yield opened


def test_texts_are_embedded_in_order(sdk: openai.OpenAI) -> None:
    found = sdk.embeddings.create(model="stand-in", input=["a cat", "two dogs"])
    assert [entry.index for entry in found.data] == [0, 1]
    assert np.array_equal(
        np.float32([entry.embedding for entry in found.data]), [vector_of(b"a cat"), vector_of(b"two dogs")]
    )
    assert found.object == "list"
    assert found.model == "stand-in"
    assert found.data[0].object == "embedding"


def test_one_text_needs_no_list(sdk: openai.OpenAI) -> None:
    found = sdk.embeddings.create(model="stand-in", input="a cat")
    assert np.array_equal(np.float32(found.data[0].embedding), vector_of(b"a cat"))


def test_floats_say_the_same_as_base64(sdk: openai.OpenAI) -> None:
    plain = sdk.embeddings.create(model="stand-in", input="a", encoding_format="float")
    packed = sdk.embeddings.create(model="stand-in", input="a", encoding_format="base64")
    assert isinstance(packed.data[0].embedding, str)
    unpacked = np.frombuffer(base64.b64decode(packed.data[0].embedding), "<f4")
    assert np.array_equal(np.float32(plain.data[0].embedding), unpacked)


def test_usage_counts_the_tokens_of_texts_and_none_for_pictures(sdk: openai.OpenAI) -> None:
    # The stand-in counts a token for each byte.
    found = sdk.embeddings.create(
        model="stand-in", input=[{"text": "four"}, {"image": data_uri(b"picture")}, {"text": "six six"}]
    )  # type: ignore[arg-type]
    assert found.usage.prompt_tokens == found.usage.total_tokens == len("four") + len("six six")


def test_the_answer_says_what_its_vectors_may_be_compared_by(sdk: openai.OpenAI) -> None:
    said = sdk.embeddings.create(model="stand-in", input="a").model_extra
    assert said == {"normalised": True, "revision": "1", "preprocess": "none", "dimensions": DIMENSIONS}


def test_dimensions_that_the_model_has_are_taken_and_others_refused(sdk: openai.OpenAI) -> None:
    assert len(sdk.embeddings.create(model="stand-in", input="a", dimensions=8).data[0].embedding) == 8
    with pytest.raises(openai.BadRequestError, match="gives 8 dimensions and cannot give 4") as refused:
        sdk.embeddings.create(model="stand-in", input="a", dimensions=4)
    assert refused.value.param == "dimensions"


def test_an_unknown_model_is_not_found(sdk: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="text-embedding-3-small") as refused:
        sdk.embeddings.create(model="text-embedding-3-small", input="a")
    assert refused.value.code == "model_not_found"
    assert refused.value.type == "invalid_request_error"
    assert refused.value.param == "model"
    with pytest.raises(openai.NotFoundError):
        sdk.models.retrieve("text-embedding-3-small")


def test_models_are_listed_and_found(sdk: openai.OpenAI) -> None:
    listed = sdk.models.list().data
    assert [(model.id, model.object, model.owned_by) for model in listed] == [
        ("stand-in", "model", "pinakes")
    ]
    assert sdk.models.retrieve("stand-in").id == "stand-in"
    assert sdk.models.retrieve("stand-in@1").model_extra is not None


def test_infinitys_pictures(sdk: openai.OpenAI) -> None:
    found = sdk.embeddings.create(
        model="stand-in", input=[data_uri(b"one"), data_uri(b"two")], extra_body={"modality": "image"}
    )
    assert np.array_equal(
        np.float32([entry.embedding for entry in found.data]), [vector_of(b"one"), vector_of(b"two")]
    )


def test_jinas_pictures_and_texts_keep_their_order(sdk: openai.OpenAI) -> None:
    mixed = [
        {"image": data_uri(b"one")},
        {"text": "words"},
        {"image": base64.b64encode(b"two").decode()},
        {"text": "more"},
    ]
    found = sdk.embeddings.create(model="stand-in", input=mixed)  # type: ignore[arg-type]
    expected = [vector_of(content) for content in (b"one", b"words", b"two", b"more")]
    assert np.array_equal(np.float32([entry.embedding for entry in found.data]), expected)


def test_one_refused_input_fails_the_request_and_is_named(sdk: openai.OpenAI) -> None:
    inputs = [data_uri(b"one"), data_uri(CORRUPT), data_uri(b"three")]
    with pytest.raises(openai.BadRequestError, match=r"input\[1\] was refused \(truncated\)") as refused:
        sdk.embeddings.create(model="stand-in", input=inputs, extra_body={"modality": "image"})
    assert refused.value.code == "truncated"


def test_a_fault_of_the_model_is_not_asked_for_again(client: httpx.Client) -> None:
    model = StandInModel()
    with service(model) as own, sdk_of(own) as sdk:
        with pytest.raises(openai.InternalServerError, match=r"input\[0\] was refused \(model-failed\)"):
            sdk.embeddings.create(model="stand-in", input=POISON.decode())
        assert model.seen.count(POISON) == 1


def test_a_key_is_sent_as_the_sdk_sends_it() -> None:
    with service(StandInModel(), api_key="secret") as own:
        with openai.OpenAI(base_url=url_of(own), api_key="secret") as sdk:
            assert sdk.embeddings.create(model="stand-in", input="a").data
        with openai.OpenAI(base_url=url_of(own), api_key="wrong") as sdk:
            with pytest.raises(openai.AuthenticationError) as refused:
                sdk.embeddings.create(model="stand-in", input="a")
            assert refused.value.code == "invalid_api_key"


def test_a_full_service_is_asked_again_when_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    model = StandInModel()
    seen: list[httpx.Response] = []
    waits: list[float] = []
    told = BaseClient._calculate_retry_timeout  # left alone it would take Retry-After, or half a second

    def waiting(*arguments: Any, **named: Any) -> float:
        waits.append(told(*arguments, **named))
        model.gate.set()
        return waits[-1]

    monkeypatch.setattr(BaseClient, "_calculate_retry_timeout", waiting)
    watching = httpx.Client(trust_env=False, timeout=PATIENCE, event_hooks={"response": [seen.append]})
    with service(model, max_waiting=1) as own, sdk_of(own, http_client=watching, max_retries=5) as sdk:
        model.gate.clear()
        first = threading.Thread(target=lambda: own.post("/v1/embeddings", json={"input": "first"}))
        first.start()
        assert model.entered.acquire(timeout=PATIENCE)
        assert sdk.embeddings.create(model="stand-in", input="second").data
        first.join(PATIENCE)
    refused, answered = seen[0], seen[-1]
    assert (refused.status_code, answered.status_code) == (429, 200)
    assert waits[0] == int(refused.headers["retry-after-ms"]) / 1000 < int(refused.headers["retry-after"])
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert model.seen == [b"first", b"second"]


def test_a_passed_deadline_is_not_asked_for_again() -> None:
    model = StandInModel()
    with service(model) as own, sdk_of(own) as sdk:
        model.gate.clear()
        with pytest.raises(openai.InternalServerError) as refused:
            sdk.embeddings.create(model="stand-in", input="a", extra_headers={"X-Pinakes-Timeout-Ms": "50"})
        assert refused.value.status_code == 504
        assert refused.value.response.headers["x-should-retry"] == "false"
        asked = own.get("/metrics").text
        assert 'pinakes_inference_requests_total{door="openai",outcome="deadline-exceeded"} 1.0' in asked


def test_the_asynchronous_sdk() -> None:
    async def ask(url: str) -> list[float]:
        async with openai.AsyncOpenAI(base_url=url, api_key="none") as sdk:
            many = await asyncio.gather(
                *[sdk.embeddings.create(model="stand-in", input=f"text {number}") for number in range(20)]
            )
            assert [model.id async for model in sdk.models.list()] == ["stand-in"]
            return many[7].data[0].embedding

    with service(StandInModel()) as own:
        assert np.array_equal(np.float32(asyncio.run(ask(url_of(own)))), vector_of(b"text 7"))
