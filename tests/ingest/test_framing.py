"""What one decode gives a model equals what decoding for it alone gives, whatever the picture."""

import pickle
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.pictures import encoded, exif, shapes

from pinakes.core.settings import ImageLimits
from pinakes.core.types import ModelIdentity, Pixels
from pinakes.images import decode, hashing
from pinakes.ingest.framing import Framing, framing_of
from pinakes.ingest.steps import Prepared, prepare
from pinakes.models.built_in import IDENTITY
from pinakes.models.global_descriptor import describe
from pinakes.models.tasks.picture_input import DECODE_FACTOR, framing

LIMITS = ImageLimits()
CLIP = "clip-224-bicubic-center-0123abcd"
SIGLIP = "siglip-256-bilinear-squash-0123abcd"

#: Heights and widths at which JPEG is reduced by the same fraction for both purposes, and by different ones.
SIZES = [(1500, 2000), (3000, 4000), (300, 2600), (2600, 300), (90, 60), (513, 512), (1080, 1920), (20, 900)]


def pixels(height: int, width: int) -> Pixels:
    return np.asarray(Image.fromarray(shapes(height, 96, 128)).resize((width, height)))


@cache
def files() -> dict[str, bytes]:
    found = {f"{height}x{width}.jpg": encoded(pixels(height, width), quality=90) for height, width in SIZES}
    transparent = Image.fromarray(shapes(1)).convert("RGBA")
    transparent.putalpha(100)
    return {
        **found,
        "turned.jpg": encoded(pixels(1500, 2000), exif=exif(Orientation=6)),
        "grey.jpg": encoded(Image.fromarray(pixels(1500, 2000)).convert("L")),
        "inks.jpg": encoded(Image.fromarray(pixels(1500, 2000)).convert("CMYK")),
        "transparent.png": encoded(transparent, "PNG"),
        "deep.png": encoded(Image.fromarray(shapes(2)[..., 0].astype(np.uint16) * 200), "PNG"),
        "large.webp": encoded(pixels(900, 1200), "WEBP"),
    }


@pytest.fixture(scope="module", params=sorted(files()))
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / request.param
    path.write_bytes(files()[request.param])
    return path


def prepared(path: Path, wanted: Framing | None) -> Prepared:
    found = prepare(str(path), hashing.sha256(path.read_bytes()), LIMITS, wanted)
    assert isinstance(found, Prepared)
    return found


@pytest.mark.parametrize("preprocess", [CLIP, SIGLIP])
def test_framed_pixels_are_those_of_a_decode_for_the_model_alone(file: Path, preprocess: str) -> None:
    wanted = framing_of(ModelIdentity("any", "1", preprocess, 8))
    picture = framing(preprocess)
    assert wanted is not None
    assert picture is not None
    alone = decode.decode_at_least(
        file.read_bytes(), short_side=DECODE_FACTOR * picture.side, limits=LIMITS, suffix=file.suffix
    )
    with_model, without = prepared(file, wanted), prepared(file, None)
    assert with_model.framed is not None
    assert np.array_equal(with_model.framed, picture.framed(alone))
    assert (with_model.facts, with_model.thumbnail) == (without.facts, without.thumbnail)


def test_the_model_that_ships_is_done_where_pictures_are_decoded(file: Path) -> None:
    wanted = framing_of(IDENTITY)
    assert wanted is not None
    found = prepared(file, wanted)
    reduced = decode.decode_reduced(file.read_bytes(), long_side=decode.WORKING_SIDE, limits=LIMITS)
    assert found.framed is not None
    assert np.array_equal(found.framed, describe(reduced))
    assert found.facts == prepared(file, None).facts


@pytest.mark.parametrize("model", [IDENTITY, ModelIdentity("any", "1", CLIP, 8)])
def test_a_framing_goes_to_other_processes(model: ModelIdentity) -> None:
    wanted = framing_of(model)
    assert wanted is not None
    assert pickle.loads(pickle.dumps(wanted)) == wanted


@pytest.mark.parametrize("preprocess", ["unstated", "", "clip-224-bicubic-center-0123abcd/framed-here"])
def test_a_model_that_does_not_say_how_it_frames_gets_files(preprocess: str) -> None:
    assert framing_of(ModelIdentity("any", "1", preprocess, 8)) is None
