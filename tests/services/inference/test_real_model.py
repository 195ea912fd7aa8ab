"""The whole way with a model as people install them: a tiny CLIP in ONNX, through the store, over HTTP."""

import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from tests.pictures import encoded, shapes
from tests.stand_ins import served
from tests.tiny_models import SIDE, TinyModels
from tests.waiting import until

from pinakes.core.settings import InferenceSettings, ModelSettings, Settings
from pinakes.core.types import Task
from pinakes.models.store.importing import import_model
from pinakes.models.store.opening import open_model
from pinakes.models.store.store import Store
from pinakes.services.chosen.offers import decoder_for, offers_of
from pinakes.services.inference.main import build_application
from pinakes.services.inference.native.labelling import probabilities


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, tiny_models: TinyModels) -> Settings:
    directory = tmp_path_factory.mktemp("models")
    import_model(Store(directory), tiny_models.onnx("clip"), name="tiny")
    return Settings(models=ModelSettings(directory=directory), inference=InferenceSettings(model="tiny"))


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[httpx.Client]:
    with served(build_application(settings, offers_of(settings))) as opened:
        until(lambda: opened.get("/readyz").status_code == 200, lambda: opened.get("/health").text)
        yield opened


def rows_of(response: httpx.Response) -> np.ndarray:  # type: ignore[type-arg]
    assert response.status_code == 200, response.text
    return np.float32(response.json()["embeddings"])


def test_health_tells_what_a_client_needs_to_send_pixels(client: httpx.Client) -> None:
    found = client.get("/health").json()
    assert (found["model"], found["input_side"]) == ("tiny", SIDE)
    assert found["tasks"] == ["image-embedding", "text-embedding"]
    assert {entry["name"]: entry["state"] for entry in found["models"]}["tiny"] == "ready"


def test_pixels_give_what_a_file_of_them_gives(client: httpx.Client) -> None:
    pixels = np.stack([shapes(seed, SIDE, SIDE) for seed in range(3)])
    stream = io.BytesIO()
    np.save(stream, pixels)
    sent = client.post("/embed", content=stream.getvalue(), headers={"Content-Type": "application/x-npy"})
    files = [("images", (f"{number}.png", encoded(each, "PNG"))) for number, each in enumerate(pixels)]
    assert np.allclose(rows_of(sent), rows_of(client.post("/embed", files=files)), atol=1e-6)


def test_labels_are_what_the_model_itself_makes_of_picture_and_words(
    client: httpx.Client, settings: Settings
) -> None:
    picture, words = encoded(shapes(7), "PNG"), ["two dogs", "a red house", "snow"]
    found = client.post("/labels", files=[("image", ("a.png", picture))], params={"labels": words}).json()
    installed = Store(settings.models_directory).find("tiny")
    model = open_model(installed, decode_for=decoder_for(settings.images), threads=1)
    try:
        sentences = [f"a photo of a {word}" for word in words]
        rows = {
            task: np.stack(side.postprocess(side.infer([side.preprocess(entry) for entry in entries])))
            for task, side, entries in (
                (Task.IMAGE_EMBEDDING, model.tasks[Task.IMAGE_EMBEDDING], [model.decode(picture)]),
                (Task.TEXT_EMBEDDING, model.tasks[Task.TEXT_EMBEDDING], sentences),
            )
        }
        assert model.logits is not None
        expected = probabilities(model.logits, rows[Task.IMAGE_EMBEDDING], rows[Task.TEXT_EMBEDDING])[0]
    finally:
        model.close()
    scores = {entry["label"]: entry["score"] for entry in found["results"][0]}
    assert np.allclose([scores[word] for word in words], expected, atol=1e-4)
    assert found["model"] == "tiny"
