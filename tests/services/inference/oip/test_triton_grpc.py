"""The stock Triton clients over gRPC, sync and aio, as their users call them."""

import asyncio
import queue
from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np
import pytest
from tests.services.inference.oip.pictures_service import BROKEN, FILES, built_in_service, expected
from tests.services.inference.oip.serving import Service, gated, service
from tests.stand_ins import StandInModel, vector_of
from tests.waiting import PATIENCE
from tritonclient import grpc, utils
from tritonclient.grpc import aio

from pinakes.models.built_in import IDENTITY

MODEL = IDENTITY.name


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with built_in_service() as opened:
        yield opened


@pytest.fixture(scope="module")
def client(running: Service) -> Iterator[grpc.InferenceServerClient]:
    opened = grpc.InferenceServerClient(running.grpc)
    yield opened
    opened.close()


def files(*elements: bytes, name: str = "images") -> grpc.InferInput:
    tensor = grpc.InferInput(name, [len(elements)], "BYTES")
    tensor.set_data_from_numpy(np.array(elements, dtype=object))
    return tensor


def test_health_metadata_configuration_index_and_statistics(client: grpc.InferenceServerClient) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(MODEL)
    assert client.is_model_ready(MODEL, "1")
    assert "statistics" in client.get_server_metadata().extensions
    told = client.get_model_metadata(MODEL)
    assert list(told.versions) == ["1"]
    assert list(told.outputs[0].shape) == [-1, IDENTITY.dimensions]
    assert client.get_model_config(MODEL).config.input[0].name == "images"
    assert client.get_model_repository_index().models[0].state == "READY"
    before = client.get_inference_statistics(MODEL).model_stats[0].inference_count
    client.infer(MODEL, [files(*FILES)])
    assert client.get_inference_statistics().model_stats[0].inference_count == before + 3


def test_encoded_pictures_become_the_embeddings_that_the_model_gives(
    client: grpc.InferenceServerClient,
) -> None:
    wanted = [grpc.InferRequestedOutput("embeddings")]
    result = client.infer(MODEL, [files(*FILES)], model_version="1", outputs=wanted, request_id="7")
    assert np.allclose(result.as_numpy("embeddings"), expected(), atol=1e-6)
    assert result.get_response().id == "7"
    assert result.get_response().parameters["revision"].string_param == IDENTITY.revision
    compressed = client.infer(MODEL, [files(*FILES)], compression_algorithm="gzip")
    assert np.allclose(compressed.as_numpy("embeddings"), expected(), atol=1e-6)


def test_a_raw_frame_of_full_size_passes(client: grpc.InferenceServerClient) -> None:
    frame = np.zeros((1, 1080, 1920, 3), np.uint8)
    frame[:, :500] = 255
    tensor = grpc.InferInput("pixels", list(frame.shape), "UINT8")
    tensor.set_data_from_numpy(frame)
    assert frame.nbytes > 4 * 2**20
    assert client.infer(MODEL, [tensor]).as_numpy("embeddings").shape == (1, IDENTITY.dimensions)


def test_a_refused_picture_is_said_in_the_clients_own_error(client: grpc.InferenceServerClient) -> None:
    with pytest.raises(utils.InferenceServerException) as caught:
        client.infer(MODEL, [files(FILES[0], BROKEN)])
    assert "[StatusCode.INVALID_ARGUMENT] images[1] was refused (damaged)" in str(caught.value)
    result = client.infer(MODEL, [files(FILES[0], BROKEN)], parameters={"partial": True})
    assert np.isnan(result.as_numpy("embeddings")[1]).all()
    assert list(result.as_numpy("refused")) == [b"", b"damaged"]


def test_every_error_shows_our_sentence(client: grpc.InferenceServerClient) -> None:
    calls: list[tuple[Any, str]] = [
        (lambda: client.get_model_metadata("other"), "[StatusCode.NOT_FOUND] There is no model 'other'"),
        (lambda: client.is_model_ready("other"), "[StatusCode.NOT_FOUND] There is no model 'other'"),
        (lambda: client.infer("other", [files(b"a")]), "[StatusCode.NOT_FOUND]"),
        (lambda: client.load_model(MODEL, config="{}"), "[StatusCode.INVALID_ARGUMENT] The parameter config"),
        (lambda: client.get_system_shared_memory_status(), "[StatusCode.UNIMPLEMENTED]"),
        (lambda: client.get_cuda_shared_memory_status(), "[StatusCode.UNIMPLEMENTED]"),
        (lambda: client.get_trace_settings(), "[StatusCode.UNIMPLEMENTED]"),
        (lambda: client.get_log_settings(), "[StatusCode.UNIMPLEMENTED]"),
    ]
    for call, told in calls:
        with pytest.raises(utils.InferenceServerException) as caught:
            call()
        assert told in str(caught.value)


def test_a_stream_is_answered_in_order_and_goes_on_after_an_error(running: Service) -> None:
    answers: queue.Queue[Any] = queue.Queue()
    client = grpc.InferenceServerClient(running.grpc)
    client.start_stream(lambda result, error: answers.put((result, error)))
    client.async_stream_infer(MODEL, [files(*FILES)], request_id="1")
    client.async_stream_infer(MODEL, [files(BROKEN)], request_id="2")
    client.async_stream_infer(MODEL, [files(*FILES)], request_id="3")
    (first, _), (_, error), (third, _) = (answers.get(timeout=PATIENCE) for _ in range(3))
    client.stop_stream()
    client.close()
    assert np.allclose(first.as_numpy("embeddings"), expected(), atol=1e-6)
    assert "images[0] was refused (damaged)" in str(error)
    assert third.get_response().id == "3"


def test_models_are_loaded_and_unloaded_and_texts_embedded() -> None:
    with service() as running:
        client = grpc.InferenceServerClient(running.grpc)
        client.unload_model("stand-in", unload_dependents=True)
        assert not client.is_model_ready("stand-in")
        with pytest.raises(utils.InferenceServerException, match=r"UNAVAILABLE\].*not loaded"):
            client.infer("stand-in", [files(b"a", name="texts")])
        client.load_model("stand-in")
        assert client.is_model_ready("stand-in")
        words = files("ä dog".encode(), name="texts")
        rows = client.infer("stand-in", [words], priority=1, timeout=5_000_000).as_numpy("embeddings")
        assert np.array_equal(rows, [vector_of("ä dog".encode())])
        client.close()


def test_a_timeout_in_microseconds_is_deadline_exceeded() -> None:
    model = StandInModel()
    with gated(model) as running:
        client = grpc.InferenceServerClient(running.grpc)
        model.gate.clear()
        with pytest.raises(utils.InferenceServerException, match=r"DEADLINE_EXCEEDED.*was not answered"):
            client.infer("stand-in", [files(b"a")], timeout=50_000)
        client.close()


async def _asked(times: int) -> AsyncIterator[dict[str, Any]]:
    for _ in range(times):
        yield {"model_name": MODEL, "inputs": [files(*FILES)]}


def test_the_aio_client_does_the_same(running: Service) -> None:
    async def ask() -> None:
        async with aio.InferenceServerClient(running.grpc) as client:
            assert await client.is_server_live()
            assert await client.is_server_ready()
            assert await client.is_model_ready(MODEL)
            results = await asyncio.gather(*(client.infer(MODEL, [files(*FILES)]) for _ in range(8)))
            for result in results:
                assert np.allclose(result.as_numpy("embeddings"), expected(), atol=1e-6)
            async for result, error in client.stream_infer(_asked(3)):
                assert error is None
                assert np.allclose(result.as_numpy("embeddings"), expected(), atol=1e-6)
            with pytest.raises(
                utils.InferenceServerException, match=r"NOT_FOUND\] There is no model 'other'"
            ):
                await client.get_model_metadata("other")

    asyncio.run(ask())
