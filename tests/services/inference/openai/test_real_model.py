"""A CLIP with random weights behind the stock SDK and Immich's requests: the vectors are the model's own."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import openai
import pytest
from PIL import Image
from tests.pictures import shapes
from tests.services.inference.openai.one_service import data_uri, sdk_of
from tests.stand_ins import served
from tests.tiny_models import TinyModels
from tests.waiting import until

from pinakes.core.settings import InferenceSettings, ModelSettings, Settings
from pinakes.core.types import Task
from pinakes.models.base import LoadedModel
from pinakes.models.store.importing import import_model
from pinakes.models.store.store import Store
from pinakes.services.chosen.offers import offers_of
from pinakes.services.inference.main import build_application

#: The registry's name of the model that the tiny one passes for, an alias of it, and its repository.
NAME, ALIAS, REPOSITORY = "clip-vit-base-patch32", "ViT-B-32__openai", "Xenova/clip-vit-base-patch32"


@pytest.fixture(scope="module")
def settings(tiny_models: TinyModels, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    directory: Path = tmp_path_factory.mktemp("models")
    import_model(Store(directory), tiny_models.onnx("clip"), name=NAME)
    return Settings(
        models=ModelSettings(directory=directory),
        inference=InferenceSettings(dialects=("immich",), workers=1),
    )


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[httpx.Client]:
    with served(build_application(settings, offers_of(settings))) as opened:
        until(lambda: opened.get("/health").status_code == 200, "its health")
        yield opened


@pytest.fixture(scope="module")
def sdk(client: httpx.Client) -> Iterator[openai.OpenAI]:
    with sdk_of(client) as opened:
        yield opened


@pytest.fixture(scope="module")
def model(settings: Settings) -> Iterator[LoadedModel]:
    """The same model, called without any service."""
    loaded = next(offer for offer in offers_of(settings)() if offer.name == NAME).load()
    yield loaded
    loaded.close()


def png(seed: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(shapes(seed)).save(stream, "PNG")
    return stream.getvalue()


def picture_vector(model: LoadedModel, picture: bytes) -> object:
    side = model.tasks[Task.IMAGE_EMBEDDING]
    return side.postprocess(side.infer([side.preprocess(model.decode(picture))]))[0]


def test_pictures_and_words_are_embedded_as_the_model_does(sdk: openai.OpenAI, model: LoadedModel) -> None:
    words = model.tasks[Task.TEXT_EMBEDDING]
    prepared = words.preprocess("two dogs on the beach")
    found = sdk.embeddings.create(
        model=NAME,
        input=[{"image": data_uri(png(1), "image/png")}, {"text": "two dogs on the beach"}],  # type: ignore[arg-type]
    )
    assert np.allclose(found.data[0].embedding, picture_vector(model, png(1)), atol=1e-5)
    assert np.allclose(found.data[1].embedding, words.postprocess(words.infer([prepared]))[0], atol=1e-5)
    assert found.usage.prompt_tokens == prepared.cost > 5
    assert found.model_extra is not None
    assert found.model_extra["revision"] == model.identity.revision
    assert found.model_extra["preprocess"] == model.identity.preprocess


def test_a_long_text_is_cut_and_counted_as_cut(sdk: openai.OpenAI) -> None:
    assert sdk.embeddings.create(model=NAME, input="dogs " * 1000).usage.prompt_tokens == 77


@pytest.mark.parametrize("name", [NAME, ALIAS, REPOSITORY])
def test_a_model_goes_by_the_names_that_others_gave_it(sdk: openai.OpenAI, name: str) -> None:
    assert sdk.embeddings.create(model=name, input="a dog").model == NAME
    assert sdk.models.retrieve(name).id == NAME


def test_the_default_model_is_listed_first(sdk: openai.OpenAI) -> None:
    assert [entry.id for entry in sdk.models.list()] == [NAME, "pinakes-global"]


def test_immichs_name_of_its_model_is_known(client: httpx.Client, model: LoadedModel) -> None:
    entries = json.dumps({"clip": {"visual": {"modelName": ALIAS}}})
    parts = {"entries": (None, entries), "image": ("blob", png(2))}
    found = client.post("/predict", files=parts).json()  # type: ignore[arg-type]
    assert np.allclose(json.loads(found["clip"]), picture_vector(model, png(2)), atol=1e-5)


def test_no_file_is_half_a_picture(sdk: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match=r"input\[1\] was refused \((truncated|damaged)\)"):
        sdk.embeddings.create(
            model=NAME, input=[data_uri(png(1)), data_uri(png(2)[:-200])], extra_body={"modality": "image"}
        )
