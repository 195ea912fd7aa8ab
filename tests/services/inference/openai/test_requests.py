"""Requests as other clients write them, to the letter."""

import base64
from collections.abc import Iterator
from dataclasses import replace

import httpx
import numpy as np
import pytest
from tests.services.inference.openai.one_service import application_of, data_uri, running, service
from tests.stand_ins import StandInModel, vector_of
from tests.waiting import until

from pinakes.models.base import LoadedModel
from pinakes.serving.engine import Engine
from pinakes.serving.request import Work


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with service(StandInModel(), max_items=300, max_request_bytes=8_000_000) as opened:
        yield opened


def asked(client: httpx.Client, **fields: object) -> httpx.Response:
    return client.post("/v1/embeddings", json={"model": "stand-in", **fields})


def message_of(response: httpx.Response) -> str:
    assert response.status_code == 400, response.text
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return str(error["message"])


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "image_url", "image_url": {"url": data_uri(b"one")}}],
        [{"type": "image_url", "image_url": data_uri(b"one", "image/png")}],
        [{"type": "image_url", "image_url": {"url": data_uri(b"one")}}, {"type": "text", "text": ""}],
    ],
)
def test_vllms_messages_hold_one_picture(client: httpx.Client, content: list[object]) -> None:
    found = asked(client, messages=[{"role": "user", "content": content}], encoding_format="float").json()
    assert len(found["data"]) == 1
    assert np.array_equal(np.float32(found["data"][0]["embedding"]), vector_of(b"one"))


@pytest.mark.parametrize("content", ["a cat", [{"type": "text", "text": "a cat"}]])
def test_vllms_messages_hold_one_text(client: httpx.Client, content: object) -> None:
    found = asked(client, messages=[{"role": "user", "content": content}]).json()
    assert np.array_equal(np.float32(found["data"][0]["embedding"]), vector_of(b"a cat"))


def test_a_picture_and_words_at_once_have_no_embedding(client: httpx.Client) -> None:
    content = [
        {"type": "image_url", "image_url": {"url": data_uri(b"one")}},
        {"type": "text", "text": "Represent the given image."},
    ]
    refused = asked(client, messages=[{"role": "user", "content": content}])
    assert "hold 2 pictures and texts" in message_of(refused)
    assert "neither text" in message_of(asked(client, input=[{"image": data_uri(b"one"), "text": "a"}]))


@pytest.mark.parametrize("ids", [[15339, 1917], [[15339, 1917], [264]]])
def test_the_token_ids_that_langchain_sends_are_refused_with_a_way_out(
    client: httpx.Client, ids: list[object]
) -> None:
    # Those of another vocabulary would give vectors that look good and mean nothing.
    assert "check_embedding_ctx_length=False" in message_of(asked(client, input=ids))


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/a.jpg", "HTTPS://example.org/a.jpg", "file:///etc/passwd", "ftp://a/b"]
)
def test_nothing_is_fetched(client: httpx.Client, address: str) -> None:
    forms: list[dict[str, object]] = [
        {"input": [address], "modality": "image"},
        {"input": [{"image": address}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": address}}]}]},
    ]
    for form in forms:
        assert "fetches nothing" in message_of(asked(client, **form))


@pytest.mark.parametrize(
    ("fields", "parameter"),
    [
        ({}, "input"),
        ({"input": []}, "input"),
        ({"input": [3.5]}, "input[0]"),
        ({"input": ["a", None]}, "input[1]"),
        ({"input": ["a", True]}, "input[1]"),
        ({"input": [{"audio": "x"}]}, "input[0]"),
        ({"input": [{"image": "not base64!"}]}, "input[0]"),
        ({"input": [{"image": "data:image/png,plain"}]}, "input[0]"),
        ({"input": [{"image": 5}]}, "input[0]"),
        ({"input": "a", "modality": "audio"}, "modality"),
        ({"input": "a", "encoding_format": "int8"}, "encoding_format"),
        ({"input": "a", "embedding_type": "ubinary"}, "embedding_type"),
        ({"input": "a", "dimensions": "8"}, "dimensions"),
        ({"input": "a", "dimensions": 0}, "dimensions"),
        ({"input": "a", "model": 5}, "model"),
        ({"messages": "a"}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user"}]}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "video_url"}]}]}, "messages"),
    ],
)
def test_malformed_fields_are_named(client: httpx.Client, fields: dict[str, object], parameter: str) -> None:
    refused = asked(client, **fields)
    assert parameter.partition("[")[0] in message_of(refused)
    assert refused.json()["error"]["param"] == parameter
    assert refused.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"a"', b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(client: httpx.Client, body: bytes) -> None:
    message_of(client.post("/v1/embeddings", content=body))


def test_too_many_inputs_are_refused(client: httpx.Client) -> None:
    assert "at most 300" in message_of(asked(client, input=["a"] * 301))


def test_a_text_of_a_megabyte_is_refused(client: httpx.Client) -> None:
    assert "input[1] has 1,000,000 characters" in message_of(asked(client, input=["a", "b" * 1_000_000]))


def test_without_a_name_the_default_model_answers(client: httpx.Client) -> None:
    found = client.post("/v1/embeddings", json={"input": "a"})
    assert found.json()["model"] == "stand-in"


def test_base64_with_line_breaks_is_base64(client: httpx.Client) -> None:
    picture = bytes(range(256)) * 4
    written = base64.encodebytes(picture).decode()
    found = asked(client, input=[{"image": written}]).json()
    assert np.array_equal(np.float32(found["data"][0]["embedding"]), vector_of(picture))


def test_a_large_body_is_unpacked_as_well(client: httpx.Client) -> None:
    pictures = [bytes([number]) * 100_000 for number in range(20)]
    found = asked(client, input=[data_uri(picture) for picture in pictures], modality="image").json()
    assert np.array_equal(
        np.float32([entry["embedding"] for entry in found["data"]]), [vector_of(entry) for entry in pictures]
    )


def test_jinas_name_of_the_encoding(client: httpx.Client) -> None:
    found = asked(client, input=[{"text": "a"}], embedding_type="base64").json()
    assert np.array_equal(
        np.frombuffer(base64.b64decode(found["data"][0]["embedding"]), "<f4"), vector_of(b"a")
    )


def test_the_list_of_models_is_kserves_too(client: httpx.Client) -> None:
    listed = client.get("/v1/models").json()
    assert listed["models"] == ["stand-in"]
    assert listed["object"] == "list"
    found = client.get("/v1/models/stand-in").json()
    assert (found["name"], found["ready"]) == ("stand-in", True)
    assert found["tasks"] == ["image-embedding", "text-embedding"]
    assert found["dimensions"] == 8


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/embeddings", 405), ("POST", "/v1/chat/completions", 404)]
)
def test_what_is_not_there_is_told_in_openais_form(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    refused = client.request(method, path)
    assert refused.status_code == status
    assert set(refused.json()["error"]) == {"message", "type", "param", "code"}


def test_a_body_over_the_limit_is_told_in_openais_form(client: httpx.Client) -> None:
    refused = client.post("/v1/embeddings", content=b" " * 8_000_001)
    assert refused.status_code == 413
    assert refused.json()["error"]["code"] == "too-large"


def test_a_model_without_words_says_so() -> None:
    with service(_Pictures()) as own:
        refused = asked(own, input="a cat")
        assert "does image-embedding, not text-embedding" in message_of(refused)


def test_the_user_is_whose_share_of_the_machine_is_taken() -> None:
    model = StandInModel()
    application = application_of(model)
    engine: Engine = application.state.engine
    works: list[Work] = []
    engine.queue = lambda work: works.append(work) or Engine.queue(engine, work)  # type: ignore[method-assign,func-returns-value,assignment]
    with running(application, model) as own:
        assert asked(own, input="a", user="ada").status_code == 200
        named = {"X-Pinakes-Client": "the-library"}
        own.post("/v1/embeddings", json={"input": "a", "user": "ada"}, headers=named)
        assert "user must be text" in message_of(asked(own, input="a", user=5))
    assert [work.client for work in works] == ["ada", "the-library"]


def test_a_client_that_goes_is_counted_and_its_work_dropped() -> None:
    model = StandInModel()
    with service(model) as own:
        model.gate.clear()
        held = {"input": [{"image": data_uri(b"held")}, {"text": "held"}]}
        with pytest.raises(httpx.ReadTimeout):
            own.post("/v1/embeddings", json=held, timeout=0.5)
        gone = 'pinakes_inference_requests_total{door="openai",outcome="gone"} 1.0'
        until(lambda: gone in own.get("/metrics").text, "the count of who went")
        until(
            lambda: "pinakes_inference_waiting_items 0.0" in own.get("/metrics").text, "the end of its work"
        )
        model.gate.set()
        assert asked(own, input="next").status_code == 200


class _Pictures(StandInModel):
    """A stand-in without a text side."""

    def load(self) -> LoadedModel:
        loaded = super().load()
        return replace(loaded, tasks={task: side for task, side in loaded.tasks.items() if "image" in task})
