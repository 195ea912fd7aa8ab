"""How this process embeds: with the model the service would serve, and with pixels framed here."""

import io
import os
from collections.abc import Iterator
from typing import Literal

import httpx
import numpy as np
import pytest
from PIL import Image
from tests.stand_ins import served
from tests.tiny_models import SIDE, TinyModels
from tests.waiting import until

from pinakes.clients.fallback import AutoEmbedder
from pinakes.core.errors import InvalidRequest, NotFound
from pinakes.core.protocols import PixelEmbedder
from pinakes.core.settings import ClientSettings, ImageLimits, InferenceSettings, ModelSettings, Settings
from pinakes.core.types import Refusal, Vector
from pinakes.models.built_in import IDENTITY
from pinakes.models.store.importing import import_model
from pinakes.models.store.store import Store
from pinakes.services.chosen.embedders import (
    FramedPictures,
    chosen_embedder,
    local_embedder,
    similarity_embedder,
)
from pinakes.services.chosen.offers import offers_of
from pinakes.services.inference.main import build_application


def photo(seed: int, *, size: tuple[int, int] = (1600, 900)) -> bytes:
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 16, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture(scope="module", params=["clip", "siglip"])
def settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tiny_models: TinyModels
) -> Settings:
    directory = tmp_path_factory.mktemp("models")
    import_model(Store(directory), tiny_models.onnx(request.param), name="tiny")
    return Settings(models=ModelSettings(directory=directory))


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with served(build_application(settings, offers_of(settings))) as client:
        _until_ready(client)
        yield str(client.base_url)


def _until_ready(client: httpx.Client) -> None:
    until(lambda: client.get("/readyz").status_code == 200, "its readiness")


def vectors(outcomes: list[Vector | Refusal]) -> np.ndarray:
    assert not any(isinstance(outcome, Refusal) for outcome in outcomes), outcomes
    return np.stack(outcomes)  # type: ignore[arg-type]


def test_an_installed_model_goes_before_the_built_in_one(settings: Settings) -> None:
    model = local_embedder(settings)
    assert model.identity.name == "tiny"
    model.close()
    assert local_embedder(Settings()).identity == IDENTITY


def test_a_model_that_is_not_installed_is_named_with_the_command_that_gets_it() -> None:
    wanting = Settings(inference=InferenceSettings(model="clip"))
    with pytest.raises(NotFound) as caught:
        local_embedder(wanting)
    assert "pinakes models pull clip" in caught.value.remedy


def test_pixels_framed_here_give_the_embeddings_of_the_files(settings: Settings, url: str) -> None:
    pictures = [photo(seed) for seed in range(3)] + [photo(9, size=(120, 200))]
    files, pixels = (
        chosen_embedder(settings, ClientSettings(mode="remote", service_url=url, send=send))
        for send in ("files", "pixels")
    )
    assert pixels.identity == files.identity
    assert np.array_equal(vectors(pixels.embed(pictures)), vectors(files.embed(pictures)))
    bad, _ = pixels.embed([b"no picture", pictures[0]])
    assert isinstance(bad, Refusal)
    files.close()
    pixels.close()


@pytest.mark.parametrize("mode", ["remote", "auto", "local"])
def test_pictures_framed_by_somebody_else_give_the_embeddings_of_the_files(
    settings: Settings, url: str, mode: Literal["remote", "auto", "local"]
) -> None:
    pictures = [photo(seed) for seed in range(20)]
    embedder = chosen_embedder(settings, ClientSettings(mode=mode, service_url=url))
    assert isinstance(embedder, PixelEmbedder)
    assert embedder.takes_pixels()
    framed = FramedPictures(ImageLimits())
    assert framed.equals(embedder.identity.preprocess)
    pixels = [framed.pixels(picture, SIDE) for picture in pictures]
    assert np.array_equal(vectors(embedder.embed_pixels(pixels)), vectors(embedder.embed(pictures)))
    embedder.close()


def test_who_sends_files_alone_takes_no_pixels(settings: Settings, url: str) -> None:
    embedder = chosen_embedder(settings, ClientSettings(mode="remote", service_url=url, send="files"))
    assert isinstance(embedder, PixelEmbedder)
    assert not embedder.takes_pixels()
    with pytest.raises(InvalidRequest, match="pixels"):
        embedder.embed_pixels([np.zeros((SIDE, SIDE, 3), dtype=np.uint8)])
    embedder.close()


def test_a_service_that_ends_between_framed_pictures_is_stood_in_for(settings: Settings) -> None:
    framed = FramedPictures(ImageLimits())
    with served(build_application(settings, offers_of(settings))) as client:
        _until_ready(client)
        remote = ClientSettings(mode="auto", service_url=str(client.base_url), retries=1)
        embedder = chosen_embedder(settings, remote)
        assert isinstance(embedder, PixelEmbedder)
        assert framed.equals(embedder.identity.preprocess)
        pixels = [framed.pixels(photo(seed), SIDE) for seed in range(2)]
        before = vectors(embedder.embed_pixels(pixels))
    assert np.allclose(vectors(embedder.embed_pixels(pixels)), before, atol=1e-5)
    assert isinstance(embedder, AutoEmbedder)
    assert embedder.used == "local"
    embedder.close()


def test_a_model_that_does_not_spell_its_framing_out_is_sent_no_pixels() -> None:
    framed = FramedPictures(ImageLimits())
    for preprocess in (
        "upright-srgb-512",
        "clip-224of256-bicubic-center-00000000",
        "clip-224-bicubic-center",
    ):
        assert not framed.equals(preprocess)
        with pytest.raises(InvalidRequest, match="does not say"):
            framed.pixels(photo(1), 224)


def test_similar_shots_are_found_by_the_built_in_model_whatever_the_service_serves(url: str) -> None:
    finder = similarity_embedder(
        Settings(client=ClientSettings(mode="remote", service_url=url, send="pixels"))
    )
    assert finder.identity == IDENTITY
    assert len(vectors(finder.embed([photo(1)]))) == 1
    finder.close()


def test_small_models_are_called_by_several_threads_at_once_unless_told_otherwise(settings: Settings) -> None:
    cores = len(os.sched_getaffinity(0))
    small = next(offer for offer in offers_of(settings)() if offer.name == "tiny").load()
    assert small.concurrency == cores
    small.close()
    told = settings.model_copy(update={"inference": InferenceSettings(call_threads=cores)})
    alone = next(offer for offer in offers_of(told)() if offer.name == "tiny").load()
    assert alone.concurrency == 1
    alone.close()
