"""Other people's servers, by changing URL and protocol: what all of them must give, asked of each."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from tests.clients.protocols.small_servers import (
    BROKEN,
    OipServer,
    OpenAiServer,
    Routes,
    RouteServer,
    said,
    serving_routes,
)
from tests.wire_service import unused_port, vector_of

from pinakes.clients import Client
from pinakes.clients.patience import Patience
from pinakes.core.errors import (
    InvalidRequest,
    PinakesError,
    ProtocolViolation,
    ServiceUnavailable,
    Unauthorised,
)
from pinakes.core.settings import ClientSettings
from pinakes.core.types import Refusal, Vector

#: A server of each kind, and the settings that reach it beside its URL.
SERVERS: dict[str, tuple[Routes, dict[str, object]]] = {
    "oip, binary": (OipServer(), {"protocol": "oip", "text_model": "words"}),
    "oip, JSON": (OipServer(binary=False, shape=(-1,)), {"protocol": "oip", "text_model": "words"}),
    "oip, dimensions open": (
        OipServer(dimensions=-1),
        {"protocol": "oip", "model": "clip", "text_model": "words"},
    ),
    "infinity": (OpenAiServer(prefix=""), {"protocol": "openai"}),
    "jina": (OpenAiServer("jina", base64=False), {"protocol": "openai"}),
    "vllm": (OpenAiServer("messages"), {"protocol": "openai"}),
    "bentoml": (RouteServer(), {"protocol": "bentoml", "text_model": "embed_texts"}),
    "torchserve": (RouteServer(), {"protocol": "torchserve", "model": "clip", "text_model": "words"}),
}

IMAGES = [b"\xff\xd8\xffpicture %d" % number for number in range(40)]


@contextmanager
def client_of(url: str, settings: dict[str, object]) -> Iterator[Client]:
    chosen = ClientSettings(**settings)  # type: ignore[arg-type]
    with Client(url, chosen, patience=Patience(1, 1, first=0.05)) as client:
        yield client


@pytest.fixture(params=SERVERS, scope="module")
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    routes, settings = SERVERS[request.param]
    with serving_routes(routes) as url, client_of(url, settings) as opened:
        yield opened


def near(outcomes: list[Vector | Refusal], inputs: list[bytes]) -> bool:
    pairs = zip(outcomes, inputs, strict=True)
    return all(
        not isinstance(found, Refusal) and np.allclose(found, vector_of(each), atol=1e-6)
        for found, each in pairs
    )


def test_pictures_come_back_as_unit_vectors_in_order(client: Client) -> None:
    outcomes = client.embed(IMAGES)
    assert near(outcomes, IMAGES)
    for found in outcomes:
        assert not isinstance(found, Refusal)
        assert found.dtype == np.float32
        assert found.shape == (client.identity.dimensions,)
        assert np.linalg.norm(found) == pytest.approx(1.0, abs=1e-5)


def test_words_come_back_too(client: Client) -> None:
    assert near(client.embed_texts(["sunset", "straße"]), [b"sunset", "straße".encode()])


def test_a_picture_that_breaks_a_request_is_refused_alone(client: Client) -> None:
    images = [*IMAGES[:5], BROKEN, *IMAGES[5:9]]
    outcomes = client.embed(images)
    assert near(outcomes[:5] + outcomes[6:], IMAGES[:9])
    assert isinstance(outcomes[5], Refusal)
    assert outcomes[5].reason in ("unreadable", "model-failed")
    assert len(outcomes[5].detail) > 20


def test_the_identity_says_where_it_is_from_and_never_equals_ours(client: Client) -> None:
    identity = client.identity
    assert identity.name in ("clip", "embed")
    assert identity.revision
    assert identity.preprocess.partition("-")[0] in ("oip", "openai", "bentoml", "torchserve")


def test_captions_and_labels_are_refused_with_a_sentence(client: Client) -> None:
    with pytest.raises(InvalidRequest, match="no way to ask"):
        client.caption([b"a"])
    with pytest.raises(InvalidRequest, match="no way to ask"):
        client.label([b"a"], ["cat"])


@pytest.mark.parametrize("protocol", ["oip", "openai", "torchserve", "bentoml"])
def test_nobody_there_is_the_same_for_every_protocol(protocol: str) -> None:
    settings = {"protocol": protocol, "model": "clip"}
    with (
        client_of(f"http://127.0.0.1:{unused_port()}", settings) as client,
        pytest.raises(ServiceUnavailable),
    ):
        client.embed([b"a"])


@pytest.mark.parametrize("protocol", ["oip", "openai", "torchserve", "bentoml"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Unauthorised),
        (404, InvalidRequest),
        (418, ProtocolViolation),
        (200, ProtocolViolation),
        (503, ServiceUnavailable),
        (429, ServiceUnavailable),
    ],
)
def test_a_status_means_the_same_for_every_protocol(
    protocol: str, status: int, kind: type[PinakesError]
) -> None:
    settings = {"protocol": protocol, "model": "clip", "picture_form": "jina"}
    answer = said(
        {"error": {"message": "as it is"}}, status, **({"Retry-After": "0.01"} if status == 429 else {})
    )
    with (
        serving_routes(lambda _call: answer) as url,
        client_of(url, settings) as client,
        pytest.raises(kind),
    ):
        client.embed([b"a"])


def test_a_key_goes_to_every_protocol() -> None:
    server = OpenAiServer()
    with serving_routes(server) as url, client_of(url, {"protocol": "openai", "api_key": "k3y"}) as client:
        client.embed([b"a"])
    assert {call.headers["authorization"] for call in server.calls} == {"Bearer k3y"}
