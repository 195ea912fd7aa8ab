"""Preparing pictures: every number as the reference processors make it."""

import numpy as np
import pytest
from PIL import Image
from tests.pictures import shapes

from pinakes.core.errors import ModelUnusable
from pinakes.models.tasks.picture_input import fingerprint
from pinakes.models.tasks.picture_settings import CLIP_MEAN, CLIP_STD, from_open_clip, from_preprocessor

SIZES = [(192, 256), (256, 191), (33, 32), (32, 500), (31, 29), (1, 7), (225, 224), (333, 1001)]

CLIP = {
    "image_processor_type": "CLIPImageProcessor",
    "size": {"shortest_edge": 224},
    "crop_size": {"height": 224, "width": 224},
    "do_center_crop": True,
    "resample": 3,
    "image_mean": CLIP_MEAN,
    "image_std": CLIP_STD,
}


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("CLIPImageProcessorPil", {"size": {"shortest_edge": 60}, "crop_size": {"height": 60, "width": 60}}),
        ("CLIPImageProcessorPil", {"size": {"shortest_edge": 72}, "crop_size": {"height": 64, "width": 50}}),
        ("CLIPImageProcessorPil", {"resample": 2, "image_mean": [0.1, 0.2, 0.3]}),
        ("CLIPImageProcessorPil", {"do_normalize": False}),
        ("SiglipImageProcessorPil", {"size": {"height": 48, "width": 80}, "resample": 1}),
        ("BlipImageProcessorPil", {}),
        ("BitImageProcessorPil", {"size": {"shortest_edge": 60}, "crop_size": {"height": 48, "width": 48}}),
        ("ViTImageProcessorPil", {}),
    ],
)
def test_every_number_is_that_of_the_reference(name: str, config: dict[str, object]) -> None:
    transformers = pytest.importorskip("transformers")
    processor = getattr(transformers, name)(**config)
    ours = from_preprocessor(processor.to_dict())
    for seed, (height, width) in enumerate(SIZES):
        pixels = shapes(seed, height, width)
        expected = processor(images=[Image.fromarray(pixels)], return_tensors="np")["pixel_values"][0]
        assert np.array_equal(ours(pixels), expected), (height, width)


def test_what_a_file_does_not_say_is_what_the_reference_assumes() -> None:
    bare = {"image_processor_type": "CLIPImageProcessor"}
    assert from_preprocessor(bare) == from_preprocessor(CLIP)
    older = {"feature_extractor_type": "CLIPFeatureExtractor", "size": 224, "crop_size": 224}
    assert from_preprocessor(older) == from_preprocessor(CLIP)


@pytest.mark.parametrize(
    "written",
    [
        {"size": 224},
        {"crop_size": 224},
        {"crop_size": [224, 224]},
        {"resample": "bicubic"},
        {"resample": "PILImageResampling.BICUBIC"},
        {"image_processor_type": "CLIPImageProcessorFast"},
        {"image_processor_type": "CLIPImageProcessorPil", "feature_extractor_type": None},
        {"do_rescale": None, "do_convert_rgb": True, "processor_class": "CLIPProcessor"},
    ],
)
def test_the_same_is_meant_however_releases_and_exporters_write_it(written: dict[str, object]) -> None:
    assert from_preprocessor({**CLIP, **written}) == from_preprocessor(CLIP)


@pytest.mark.parametrize(
    ("model_type", "name"),
    [("clip", "CLIP"), ("siglip", "Siglip"), ("blip", "Blip"), ("vision-encoder-decoder", "ViT")],
)
def test_a_file_that_names_no_processor_means_the_one_of_its_model(model_type: str, name: str) -> None:
    named = {"image_processor_type": f"{name}ImageProcessor"}
    assert from_preprocessor({}, model_type) == from_preprocessor(named)
    sides = {"size": [40, 48], "do_center_crop": False}
    framed = from_preprocessor(named | sides)
    assert (framed.height, framed.width, framed.shortest) == (40, 48, None)


def test_open_clip_pictures_are_reduced_and_cropped_as_torchvision_does() -> None:
    ours = from_open_clip({"size": [50, 50], "interpolation": "bicubic", "mean": CLIP_MEAN, "std": CLIP_STD})
    pixels = shapes(1, 50, 53)  # 3 columns to cut: torchvision rounds 1.5 to the even 2
    expected = (pixels[:, 2:52].astype(np.float32) / 255 - np.float32(CLIP_MEAN)) / np.float32(CLIP_STD)
    assert np.allclose(ours(pixels), expected.transpose(2, 0, 1), atol=1e-6)


def test_open_clip_squashes_where_its_file_says_so() -> None:
    ours = from_open_clip({"size": 32, "resize_mode": "squash", "mean": [0.5] * 3, "std": [0.5] * 3})
    pixels = shapes(2, 40, 90)
    small = np.asarray(Image.fromarray(pixels).resize((32, 32), Image.Resampling.BICUBIC))
    assert np.allclose(ours(pixels), (small.transpose(2, 0, 1) / 255 - 0.5) / 0.5, atol=1e-6)


def test_the_fingerprint_reads_well_and_changes_with_every_number() -> None:
    base = from_preprocessor(CLIP)
    assert fingerprint(base).startswith("clip-224-bicubic-center-")
    changes = [{"resample": 2}, {"image_mean": [0.5] * 3}, {"rescale_factor": 1 / 127.5}]
    others = [from_preprocessor({**CLIP, **change}) for change in changes]
    prints = {fingerprint(base), fingerprint(base, "int8"), *map(fingerprint, others)}
    assert len(prints) == 2 + len(changes)


@pytest.mark.parametrize(
    "change",
    [
        {"size": {"longest_edge": 224}},
        {"size": {"shortest_edge": 100}},
        {"do_resize": False},
        {"do_center_crop": False},
        {"resample": 17},
        {"image_mean": [0.5]},
    ],
)
def test_what_is_not_known_is_refused_rather_than_guessed(change: dict[str, object]) -> None:
    with pytest.raises(ModelUnusable) as caught:
        from_preprocessor({**CLIP, **change})
    assert caught.value.remedy


def test_a_processor_of_flexible_resolution_is_refused_by_name() -> None:
    with pytest.raises(ModelUnusable, match="NaFlex"):
        from_preprocessor({"image_processor_type": "Siglip2ImageProcessor", "max_num_patches": 256})


@pytest.mark.parametrize("config", [{}, {"size": [224, 200]}, {"size": 224, "resize_mode": "longest"}])
def test_open_clip_settings_that_are_not_known_are_refused(config: dict[str, object]) -> None:
    with pytest.raises(ModelUnusable):
        from_open_clip(config)
