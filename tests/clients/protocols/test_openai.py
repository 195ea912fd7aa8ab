import json

import numpy as np
import pytest
from tests.clients.protocols.small_servers import OpenAiServer, serving_routes
from tests.wire_service import vector_of

from pinakes.clients import Client
from pinakes.clients.patience import Patience
from pinakes.clients.protocols.openai import uri_of
from pinakes.core.errors import InvalidRequest
from pinakes.core.settings import ClientSettings
from pinakes.core.types import Refusal


def client_of(url: str, **settings: object) -> Client:
    chosen = ClientSettings(protocol="openai", **settings)  # type: ignore[arg-type]
    return Client(url, chosen, patience=Patience(1, 1, first=0.02))


@pytest.mark.parametrize("form", ["infinity", "jina", "messages"])
def test_the_form_of_pictures_is_found_by_asking_once(form: str) -> None:
    with serving_routes(server := OpenAiServer(form)) as url, client_of(url) as client:
        assert client.identity.preprocess == f"openai-{form}"
        asked = len(server.calls)
        client.embed([b"a"])
        assert len(server.calls) == asked + 1


@pytest.mark.parametrize("strict", [True, False])
def test_a_server_of_words_is_never_taken_for_one_of_pictures(strict: bool) -> None:
    with serving_routes(OpenAiServer("none", strict=strict)) as url, client_of(url) as client:
        (word,) = client.embed_texts(["sunset"])
        assert not isinstance(word, Refusal)
        assert np.allclose(word, vector_of(b"sunset"), atol=1e-6)
        assert client.identity.preprocess == "openai-texts"
        with pytest.raises(InvalidRequest, match="refused one in every form"):
            client.embed([b"a"])


def test_a_form_that_is_set_is_not_asked_about() -> None:
    with serving_routes(server := OpenAiServer("jina")) as url, client_of(url, picture_form="jina") as client:
        client.embed([b"a"])
    assert [call.path for call in server.calls] == ["/v1/models", "/v1/embeddings", "/v1/embeddings"]


def test_a_base_url_with_its_version_is_taken_as_it_is() -> None:
    with serving_routes(server := OpenAiServer()) as url, client_of(f"{url}/v1/") as client:
        client.embed([b"a"])
    assert {call.path for call in server.calls} == {"/v1/models", "/v1/embeddings"}


def test_the_model_named_is_asked_for() -> None:
    with serving_routes(server := OpenAiServer()) as url, client_of(url, model="other") as client:
        client.embed([b"a"])
    assert json.loads(server.calls[-1].body)["model"] == "other"


@pytest.mark.parametrize(
    ("begin", "media"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n", "image/png"),
        (b"II*\0", "application/octet-stream"),
    ],
)
def test_a_data_uri_says_what_the_picture_is(begin: bytes, media: str) -> None:
    assert uri_of(begin).startswith(f"data:{media};base64,")
