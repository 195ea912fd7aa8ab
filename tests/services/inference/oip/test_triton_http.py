"""The stock Triton clients over HTTP, sync and aio, as their users call them."""

import asyncio
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tests.services.inference.oip.pictures_service import BROKEN, FILES, built_in_service, expected
from tests.services.inference.oip.serving import Service, gated, service
from tests.stand_ins import StandInModel, vector_of
from tritonclient import http, utils
from tritonclient.http import aio

from pinakes.models.built_in import IDENTITY

MODEL = IDENTITY.name


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with built_in_service(grpc_port=None) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(running: Service) -> Iterator[http.InferenceServerClient]:
    opened = http.InferenceServerClient(running.http)
    yield opened
    opened.close()


def files(*elements: bytes, name: str = "images", binary: bool = True) -> http.InferInput:
    tensor = http.InferInput(name, [len(elements)], "BYTES")
    tensor.set_data_from_numpy(np.array(elements, dtype=object), binary_data=binary)
    return tensor


def test_health_metadata_configuration_and_index(client: http.InferenceServerClient) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(MODEL)
    assert client.is_model_ready(MODEL, "1")
    assert not client.is_model_ready("other")
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    assert client.get_model_metadata(MODEL)["inputs"][0]["name"] == "images"
    assert client.get_model_metadata(MODEL, "1")["outputs"][0]["shape"] == [-1, IDENTITY.dimensions]
    assert client.get_model_config(MODEL)["max_batch_size"] == 0
    index = client.get_model_repository_index()
    assert [(entry["name"], entry["state"]) for entry in index] == [(MODEL, "READY")]


@pytest.mark.parametrize("sent", [None, "gzip", "deflate"])
@pytest.mark.parametrize("wanted", [None, "gzip", "deflate"])
def test_encoded_pictures_become_the_embeddings_that_the_model_gives(
    client: http.InferenceServerClient, sent: str | None, wanted: str | None
) -> None:
    result = client.infer(
        MODEL,
        [files(*FILES)],
        request_id="7",
        request_compression_algorithm=sent,
        response_compression_algorithm=wanted,
    )
    assert np.allclose(result.as_numpy("embeddings"), expected(), atol=1e-6)
    assert result.get_response()["id"] == "7"
    assert result.get_response()["parameters"]["revision"] == IDENTITY.revision


@pytest.mark.parametrize("binary", [True, False])
def test_outputs_come_in_the_form_they_are_asked_for(
    client: http.InferenceServerClient, binary: bool
) -> None:
    wanted = http.InferRequestedOutput("embeddings", binary_data=binary)
    result = client.infer(MODEL, [files(*FILES)], model_version="1", outputs=[wanted])
    assert ("data" in result.get_output("embeddings")) is not binary
    assert np.allclose(result.as_numpy("embeddings"), expected(), atol=1e-6)


@pytest.mark.parametrize("binary", [True, False])
def test_pixels_are_taken_as_numbers(client: http.InferenceServerClient, binary: bool) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 48, 64, 3), dtype=np.uint8)
    tensor = http.InferInput("pixels", list(pixels.shape), "UINT8")
    tensor.set_data_from_numpy(pixels, binary_data=binary)
    rows = client.infer(MODEL, [tensor]).as_numpy("embeddings")
    assert rows.shape == (2, IDENTITY.dimensions)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_refused_picture_is_said_in_the_clients_own_error(client: http.InferenceServerClient) -> None:
    with pytest.raises(utils.InferenceServerException) as caught:
        client.infer(MODEL, [files(FILES[0], BROKEN)])
    assert "[400] images[1] was refused (damaged)" in str(caught.value)
    result = client.infer(MODEL, [files(FILES[0], BROKEN)], parameters={"partial": True})
    assert np.isnan(result.as_numpy("embeddings")[1]).all()
    assert list(result.as_numpy("refused")) == [b"", b"damaged"]


def test_every_error_shows_our_sentence(client: http.InferenceServerClient) -> None:
    calls: list[tuple[Any, str]] = [
        (lambda: client.get_model_metadata("other"), "[404] There is no model 'other' here."),
        (lambda: client.get_model_metadata(MODEL, "9"), "[404] The model"),
        (lambda: client.infer("other", [files(b"a")]), "[404] There is no model 'other' here."),
        (lambda: client.infer(MODEL, [files(b"a", name="texts")]), "[400]"),
        (lambda: client.load_model("other"), "[404] There is no model 'other' here."),
        (lambda: client.load_model(MODEL, config="{}"), "[400] The parameter config is not taken"),
        (
            lambda: client.load_model(MODEL, config="{}", files={"file:1/model.onnx": b"x"}),
            "is not taken: models are installed, not sent.",
        ),
        (lambda: client.get_system_shared_memory_status(), "[404] There is nothing at"),
        (lambda: client.get_trace_settings(), "[404] There is nothing at"),
    ]
    for call, told in calls:
        with pytest.raises(utils.InferenceServerException) as caught:
            call()
        assert told in str(caught.value)


def test_statistics_count_inputs_and_calls(client: http.InferenceServerClient) -> None:
    before = client.get_inference_statistics(MODEL)["model_stats"][0]
    client.infer(MODEL, [files(*FILES)])
    after = client.get_inference_statistics()["model_stats"][0]
    assert after["inference_count"] - before["inference_count"] == 3
    assert after["inference_stats"]["success"]["ns"] > before["inference_stats"]["success"]["ns"]


def test_models_are_loaded_and_unloaded_and_texts_embedded() -> None:
    with service(grpc_port=None) as running:
        client = http.InferenceServerClient(running.http)
        client.unload_model("stand-in", unload_dependents=True)
        assert not client.is_model_ready("stand-in")
        with pytest.raises(utils.InferenceServerException, match="not loaded"):
            client.infer("stand-in", [files(b"a", name="texts")])
        client.load_model("stand-in")
        assert client.is_model_ready("stand-in")
        for binary in (True, False):
            words = files("ä dog".encode(), name="texts", binary=binary)
            rows = client.infer("stand-in", [words], priority=1, timeout=5_000_000).as_numpy("embeddings")
            assert np.array_equal(rows, [vector_of("ä dog".encode())])
        client.close()


def test_a_deadline_is_said_in_the_clients_own_error() -> None:
    model = StandInModel()
    with gated(model, grpc_port=None) as running:
        client = http.InferenceServerClient(running.http)
        model.gate.clear()
        with pytest.raises(utils.InferenceServerException, match=r"\[504\] The request was not answered"):
            client.infer("stand-in", [files(b"a")], timeout=50_000)
        client.close()


def test_a_key_goes_in_the_header_that_the_client_lets_its_users_set() -> None:
    with service(grpc_port=None, api_key="secret") as running:
        client = http.InferenceServerClient(running.http)
        assert client.is_server_ready()
        with pytest.raises(utils.InferenceServerException, match=r"\[401\] This service needs a key."):
            client.get_model_metadata("stand-in")
        assert client.get_model_metadata("stand-in", headers={"Authorization": "Bearer secret"})
        client.close()


def test_requests_in_parallel_from_the_clients_own_pool(running: Service) -> None:
    client = http.InferenceServerClient(running.http, concurrency=4)
    pending = [client.async_infer(MODEL, [files(*FILES)]) for _ in range(8)]
    for request in pending:
        assert np.allclose(request.get_result().as_numpy("embeddings"), expected(), atol=1e-6)
    client.close()


def test_the_aio_client_does_the_same(running: Service) -> None:
    async def ask() -> None:
        async with aio.InferenceServerClient(running.http) as client:
            assert await client.is_server_live()
            assert await client.is_server_ready()
            assert await client.is_model_ready(MODEL)
            assert (await client.get_model_repository_index())[0]["state"] == "READY"
            results = await asyncio.gather(
                *(
                    client.infer(
                        MODEL,
                        [files(*FILES)],
                        request_compression_algorithm=sent,
                        response_compression_algorithm=wanted,
                    )
                    for sent in (None, "gzip", "deflate")
                    for wanted in (None, "gzip", "deflate")
                )
            )
            for result in results:
                assert np.allclose(result.as_numpy("embeddings"), expected(), atol=1e-6)
            with pytest.raises(utils.InferenceServerException, match="no model 'other' here"):
                await client.get_model_metadata("other")
            with pytest.raises(utils.InferenceServerException, match=r"images\[0\] was refused"):
                await client.infer(MODEL, [files(BROKEN)])

    asyncio.run(ask())
