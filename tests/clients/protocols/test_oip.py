import json
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.clients.protocols.small_servers import OipServer, said, serving_routes
from tests.wire_service import vector_of

from pinakes.clients import Client
from pinakes.clients.patience import Patience
from pinakes.core.errors import InvalidRequest, ProtocolViolation, ServiceUnavailable
from pinakes.core.settings import ClientSettings
from pinakes.core.types import Pixels, Refusal


class Flat:
    """A local preprocess that makes a picture's first byte its only colour."""

    fingerprint = "flat"

    def equals(self, preprocess: str) -> bool:
        return preprocess == self.fingerprint

    def pixels(self, encoded: bytes, side: int) -> Pixels:
        return np.full((side, side, 3), encoded[0], dtype=np.uint8)

    def tensor(self, encoded: bytes, side: int) -> NDArray[np.float32]:
        return np.full((3, side, side), encoded[0], dtype=np.float32)


@contextmanager
def client_over(server: OipServer, preprocess: Flat | None = None, **settings: object) -> Iterator[Client]:
    chosen = ClientSettings(protocol="oip", **settings)  # type: ignore[arg-type]
    patience = Patience(1, 1, first=0.02)
    with (
        serving_routes(server) as url,
        Client(url, chosen, preprocess=preprocess, patience=patience) as client,
    ):
        yield client


def sent(server: OipServer) -> dict[str, object]:
    call = server.calls[-1]
    told: dict[str, object] = json.loads(call.body[: int(call.headers["inference-header-content-length"])])
    return told


def test_the_only_model_and_its_version_are_found() -> None:
    with client_over(OipServer()) as client:
        assert client.identity.name == "clip"
        assert client.identity.revision == "3"
        assert client.identity.preprocess == "oip-files"


def test_of_several_models_one_must_be_named() -> None:
    server = OipServer(models=("clip", "blip"))
    with client_over(server) as client, pytest.raises(InvalidRequest, match="2 models: blip, clip") as caught:
        client.embed([b"a"])
    assert "PINAKES_CLIENT__MODEL" in caught.value.remedy


def test_a_model_it_has_not_is_said_in_its_own_words() -> None:
    with (
        client_over(OipServer(), model="nope") as client,
        pytest.raises(InvalidRequest, match="unknown model: 'nope'"),
    ):
        client.embed([b"a"])


def test_a_model_that_loads_is_waited_for() -> None:
    server = OipServer(state="LOADING")
    with client_over(server, model="clip") as client, pytest.raises(ServiceUnavailable, match="stays busy"):
        client.embed([b"a"])


def test_only_the_embedding_is_asked_for_among_the_outputs() -> None:
    with client_over(server := OipServer()) as client:
        client.embed([b"a"])
    assert sent(server)["outputs"] == [{"name": "image_embeds", "parameters": {"binary_data": True}}]


@pytest.mark.parametrize("binary", [True, False])
def test_pixels_are_made_here_where_the_model_wants_them(binary: bool) -> None:
    server = OipServer("UINT8", (-1, 4, 4, 3), binary=binary)
    with client_over(server, Flat()) as client:
        (found,) = client.embed([b"a"])
        assert client.identity.preprocess == "oip-pixels/flat"
    assert not isinstance(found, Refusal)
    assert np.allclose(found, vector_of(b"a" * 48), atol=1e-6)


@pytest.mark.parametrize("dimensions", [8, -1])
def test_tensors_are_made_here_where_the_model_wants_them(dimensions: int) -> None:
    server = OipServer("FP32", (-1, 3, 4, 4), dimensions=dimensions)
    with client_over(server, Flat()) as client:
        (found,) = client.embed([b"a"])
    assert not isinstance(found, Refusal)
    assert np.allclose(found, vector_of(np.full(48, ord("a"), "<f4").tobytes()), atol=1e-6)


def test_without_a_local_preprocess_a_model_of_tensors_cannot_be_used() -> None:
    with (
        client_over(OipServer("FP32", (-1, 3, 4, 4))) as client,
        pytest.raises(InvalidRequest, match="takes tensors, and nothing here makes them"),
    ):
        client.embed([b"a"])


def test_an_input_of_another_kind_is_named() -> None:
    with (
        client_over(OipServer("INT64", (-1, 77))) as client,
        pytest.raises(InvalidRequest, match=r"image.*INT64"),
    ):
        client.embed([b"a"])


@pytest.mark.parametrize(
    "answer",
    [
        said({"outputs": []}),
        said({"outputs": [{"name": "image_embeds", "shape": [1, 8], "datatype": "FP32", "data": [1, 2]}]}),
        said(
            {"outputs": [{"name": "image_embeds", "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]}]}
        ),
        said({"outputs": [{"name": "image_embeds", "shape": [1, 8], "datatype": "FP32", "data": [0] * 8}]}),
        said(
            {"outputs": [{"name": "image_embeds", "shape": [1, 8], "datatype": "WORDS", "data": ["a"] * 8}]}
        ),
        said([]),
    ],
)
def test_nonsense_is_no_embedding(answer) -> None:  # type: ignore[no-untyped-def]
    server = OipServer()
    with client_over(server) as client:
        client.look(client.patience)
        server._inferred = lambda _call: answer  # type: ignore[method-assign]
        with pytest.raises(ProtocolViolation):
            client.embed([b"a"])
