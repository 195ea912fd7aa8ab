"""Models as people install them, a tiny CLIP and a tiny BLIP, asked by stock clients on both transports."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import tritonclient.grpc
import tritonclient.http
from tests.pictures import encoded, shapes
from tests.services.inference.oip.serving import free_port
from tests.stand_ins import served
from tests.tiny_models import SIDE, TinyModels
from tests.waiting import until

from pinakes.core.settings import InferenceSettings, ModelSettings, Settings
from pinakes.core.types import Caption, Task
from pinakes.models.base import LoadedModel
from pinakes.models.store.importing import import_model
from pinakes.models.store.opening import open_model
from pinakes.models.store.store import Store
from pinakes.services.chosen.offers import decoder_for, offers_of
from pinakes.services.inference.main import build_application

PICTURES = [encoded(shapes(seed), "PNG") for seed in range(3)]
TEXTS = ["two dogs", "ein rotes Häuschen"]

#: Asks a model for one output of one input: model, input, datatype, values, output.
Ask = Callable[[str, str, str, Any, str], Any]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, tiny_models: TinyModels) -> Settings:
    directory = tmp_path_factory.mktemp("models")
    import_model(Store(directory), tiny_models.onnx("clip"), name="tiny-clip")
    import_model(Store(directory), tiny_models.onnx("blip"), name="tiny-blip")
    limits = InferenceSettings(model="tiny-clip", preload=("tiny-blip",), grpc_port=free_port())
    return Settings(models=ModelSettings(directory=directory), inference=limits)


@pytest.fixture(scope="module")
def running(settings: Settings) -> Iterator[str]:
    with served(build_application(settings, offers_of(settings))) as client:
        for name in ("tiny-clip", "tiny-blip"):
            ready = f"/v2/models/{name}/ready"
            until(
                lambda ready=ready: client.get(ready).status_code == 200,
                lambda: client.post("/v2/repository/index").text,
            )
        yield f"127.0.0.1:{client.base_url.port}"


@pytest.fixture(params=["http", "grpc"])
def ask(request: pytest.FixtureRequest, running: str, settings: Settings) -> Iterator[Ask]:
    module = {"http": tritonclient.http, "grpc": tritonclient.grpc}[request.param]
    grpc = f"127.0.0.1:{settings.inference.grpc_port}"
    client = module.InferenceServerClient(running if request.param == "http" else grpc)

    def ask(model: str, name: str, datatype: str, values: Any, output: str) -> Any:
        tensor = module.InferInput(name, list(np.shape(values)), datatype)
        tensor.set_data_from_numpy(np.asarray(values))
        return client.infer(model, [tensor], outputs=[module.InferRequestedOutput(output)]).as_numpy(output)

    yield ask
    client.close()


@pytest.fixture(scope="module")
def opened(settings: Settings) -> Iterator[Callable[[str], LoadedModel]]:
    """Opens an installed model in this process, to compare with."""
    models: dict[str, LoadedModel] = {}

    def open_once(name: str) -> LoadedModel:
        if name not in models:
            installed = Store(settings.models_directory).find(name)
            models[name] = open_model(installed, decode_for=decoder_for(settings.images), threads=1)
        return models[name]

    yield open_once
    for model in models.values():
        model.close()


def rows(model: LoadedModel, task: Task, items: list[Any]) -> Any:
    side = model.tasks[task]
    return np.stack(side.postprocess(side.infer([side.preprocess(item) for item in items])))


def test_files_pixels_and_prepared_tensors_give_the_models_own_vectors(
    ask: Ask, opened: Callable[[str], LoadedModel]
) -> None:
    model = opened("tiny-clip")
    decoded = [model.decode(picture) for picture in PICTURES]
    expected = rows(model, Task.IMAGE_EMBEDDING, decoded)
    files = np.array(PICTURES, dtype=object)
    assert np.allclose(ask("tiny-clip", "images", "BYTES", files, "embeddings"), expected, atol=1e-5)
    prepared = np.stack([model.tasks[Task.IMAGE_EMBEDDING].preprocess(each).array for each in decoded])
    for name in ("pixel_values", "pixels"):
        assert np.allclose(ask("tiny-clip", name, "FP32", prepared, "embeddings"), expected, atol=1e-5)
    halves = ask("tiny-clip", "pixel_values", "FP16", prepared.astype(np.float16), "embeddings")
    assert np.allclose(halves, expected, atol=1e-2)
    small = np.stack([shapes(seed, SIDE, SIDE) for seed in range(3)])
    direct = rows(model, Task.IMAGE_EMBEDDING, list(small))
    assert np.allclose(ask("tiny-clip", "pixels", "UINT8", small, "embeddings"), direct, atol=1e-5)


def test_words_give_vectors_comparable_with_those_of_pictures(
    ask: Ask, opened: Callable[[str], LoadedModel]
) -> None:
    words = np.array([text.encode() for text in TEXTS], dtype=object)
    expected = rows(opened("tiny-clip"), Task.TEXT_EMBEDDING, TEXTS)
    assert np.allclose(ask("tiny-clip", "texts", "BYTES", words, "embeddings"), expected, atol=1e-5)


def test_captions_are_words_in_bytes(ask: Ask, opened: Callable[[str], LoadedModel]) -> None:
    side = opened("tiny-blip").tasks[Task.CAPTIONING]
    decoded = [opened("tiny-blip").decode(picture) for picture in PICTURES]
    captions = side.postprocess(side.infer([side.preprocess(each) for each in decoded]))
    expected = [caption.text.encode() for caption in captions if isinstance(caption, Caption)]
    found = ask("tiny-blip", "images", "BYTES", np.array(PICTURES, dtype=object), "captions")
    assert list(found) == expected


def test_a_tensor_that_is_not_the_models_is_named(ask: Ask) -> None:
    wrong = np.zeros((1, 3, SIDE, SIDE + 1), np.float32)
    with pytest.raises(Exception, match="tiny-clip takes float32 of shape"):
        ask("tiny-clip", "pixel_values", "FP32", wrong, "embeddings")
    with pytest.raises(Exception, match="images gives captions and refused, not 'embeddings'"):
        ask("tiny-blip", "images", "BYTES", np.array([b"x"], dtype=object), "embeddings")
