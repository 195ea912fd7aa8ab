"""How a model's pictures are prepared, read from the files it is published with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from pinakes.core.errors import ModelUnusable
from pinakes.models.tasks.model_directory import Config, picture_config
from pinakes.models.tasks.picture_input import OPEN_CLIP, PictureInput

#: Means and deviations per channel that the reference processors assume where a model names none.
CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
HALVES = (0.5, 0.5, 0.5)

_CLIP: Config = {
    "size": {"shortest_edge": 224},
    "crop_size": {"height": 224, "width": 224},
    "do_center_crop": True,
    "resample": Image.Resampling.BICUBIC,
    "image_mean": CLIP_MEAN,
    "image_std": CLIP_STD,
}

#: What the reference processors do where preprocessor_config.json is silent, by their names without suffixes.
_DEFAULTS: Mapping[str, Config] = {
    "CLIP": _CLIP,
    "Bit": _CLIP,
    "ChineseCLIP": _CLIP,
    "Siglip": {
        "size": {"height": 224, "width": 224},
        "resample": Image.Resampling.BICUBIC,
        "image_mean": HALVES,
        "image_std": HALVES,
    },
    "Blip": {
        "size": {"height": 384, "width": 384},
        "resample": Image.Resampling.BICUBIC,
        "image_mean": CLIP_MEAN,
        "image_std": CLIP_STD,
    },
    "ViT": {
        "size": {"height": 224, "width": 224},
        "resample": Image.Resampling.BILINEAR,
        "image_mean": HALVES,
        "image_std": HALVES,
    },
}

#: The processors that the reference chooses where preprocessor_config.json names none, by `model_type`.
_PROCESSORS = {
    "siglip": "Siglip",
    "siglip2": "Siglip2",
    "blip": "Blip",
    "blip-2": "Blip",
    "vision-encoder-decoder": "ViT",
}

_SUFFIXES = ("Pil", "Fast", "ImageProcessor", "FeatureExtractor")


def picture_input_of(directory: Path, config: Config) -> PictureInput:
    """The input of a model in the layout of transformers, whose `config.json` is `config`.

    Raises:
        ModelUnusable: a file is absent or damaged, or describes something that is not known here.
    """
    return from_preprocessor(picture_config(directory), str(config.get("model_type")))


def from_preprocessor(config: Config, model_type: str = "") -> PictureInput:
    """The input that a `preprocessor_config.json` of transformers describes, for a model of this type.

    Raises:
        ModelUnusable: it describes something that is not known here.
    """
    name = _processor(config) or _PROCESSORS.get(model_type, "CLIP")
    if name == "Siglip2" or "max_num_patches" in config:
        raise _flexible()
    settings = {
        **_DEFAULTS.get(name, {}),
        **{key: value for key, value in config.items() if value is not None},
    }
    try:
        return _from_settings(name.lower(), settings)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _unknown(f"{name} with {error}") from error


def from_open_clip(config: Config) -> PictureInput:
    """The input that open_clip's `preprocess_cfg.json` describes.

    Raises:
        ModelUnusable: it describes something that is not known here.
    """
    try:
        height, width = _pair(config["size"])
        mode = config.get("resize_mode", "shortest")
        if mode not in ("shortest", "squash") or (mode == "shortest" and height != width):
            raise _unknown(f"open_clip's resize_mode {mode!r} to {height} × {width}")
        return PictureInput(
            OPEN_CLIP,
            height,
            width,
            None if mode == "squash" else height,
            _filter(config.get("interpolation", "bicubic")),
            _channels(config.get("mean", CLIP_MEAN)),
            _channels(config.get("std", CLIP_STD)),
            rounded=True,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unknown(f"open_clip's, with {error}") from error


def _from_settings(family: str, settings: Config) -> PictureInput:
    size = settings["size"]
    crops = bool(settings.get("do_center_crop", False))
    if isinstance(size, int):  # as written before sizes had names
        size = {"shortest_edge": size} if crops or family == "clip" else {"height": size, "width": size}
    elif isinstance(size, list):
        size = dict(zip(("height", "width"), size, strict=True))
    shortest = size.get("shortest_edge")
    if "longest_edge" in size or not settings.get("do_resize", True) or (shortest and not crops):
        raise ValueError(f"size {dict(size)} and do_center_crop {crops}")
    framed = _pair(settings["crop_size"] if shortest or crops else size)
    if max(framed) > shortest if shortest else _pair(size) != framed:
        raise ValueError(f"size {dict(size)} with crop_size {framed}")
    scale = float(settings.get("rescale_factor", 1 / 255)) if settings.get("do_rescale", True) else 1.0
    normalises = settings.get("do_normalize", True)
    return PictureInput(
        family,
        *framed,
        shortest,
        _filter(settings["resample"]),
        _channels(settings["image_mean"]) if normalises else (0.0, 0.0, 0.0),
        _channels(settings["image_std"]) if normalises else (1.0, 1.0, 1.0),
        scale,
    )


def _processor(config: Config) -> str:
    """The processor's name, without what says in which release and runtime it runs; empty where none is."""
    name = str(config.get("image_processor_type") or config.get("feature_extractor_type") or "")
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name


def _filter(told: Any) -> Image.Resampling:
    """The filter that a file names, by Pillow's number or by a name, such as `bicubic`."""
    if isinstance(told, str):
        return Image.Resampling[told.rpartition(".")[2].upper()]
    return Image.Resampling(told)


def _flexible() -> ModelUnusable:
    return ModelUnusable(
        "The model takes pictures in their own proportions (NaFlex), which is not known here.",
        remedy="Use the same model in a fixed resolution, such as siglip2-base-patch16-224.",
    )


def _unknown(what: str) -> ModelUnusable:
    return ModelUnusable(
        f"The model wants its pictures prepared in a way that is not known here: {what}.",
        remedy="Use a CLIP, SigLIP or BLIP model of a fixed resolution.",
    )


def _pair(size: Any) -> tuple[int, int]:
    """Height and width, however they were written down."""
    if isinstance(size, int):
        return size, size
    if isinstance(size, Mapping):
        return int(size["height"]), int(size["width"])
    height, width = size
    return int(height), int(width)


def _channels(values: Sequence[float]) -> tuple[float, ...]:
    red, green, blue = (float(value) for value in values)
    return red, green, blue
