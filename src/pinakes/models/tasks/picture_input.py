"""Decoded pictures to the tensor a model looks at, number for number as the reference processors make it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pinakes.core.errors import ModelUnusable
from pinakes.core.types import Pixels
from pinakes.models.tasks.model_directory import Config

#: Pictures are decoded to at least this many times the model's side, so that a JPEG that is reduced while it
#: is decoded still comes out nearly as if it had been decoded in full; docs/guide/models.md has the measures.
DECODE_FACTOR = 2

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

#: Family of the inputs that open_clip describes; they alone round the offset of a crop.
OPEN_CLIP = "open_clip"

_FRAMING = re.compile(
    r"(?P<family>[a-z_]+)-(?P<side>\d{2,4})-(?P<resample>nearest|bilinear|bicubic|lanczos)"
    r"-(?P<frame>center|squash)-[0-9a-f]{8}\Z"
)

_SUFFIXES = ("Pil", "Fast", "ImageProcessor", "FeatureExtractor")


@dataclass(frozen=True, slots=True)
class PictureInput:
    """How a picture becomes float32 (3, height, width).

    Attributes:
        family: the processor's name, for people.
        height, width: of the result, pixels.
        shortest: the shorter side is first brought to this length and the middle cut out; None where the
            picture is brought to (height, width) whatever its proportions.
        resample: Pillow's number of the filter.
        mean, std: per channel, of values from 0 to 1.
        scale: what bytes are multiplied by first.
        rounded: the crop's offset is rounded half to even, as torchvision does; else downwards.
    """

    family: str
    height: int
    width: int
    shortest: int | None
    resample: Image.Resampling
    mean: tuple[float, ...]
    std: tuple[float, ...]
    scale: float = 1 / 255
    rounded: bool = False
    _levels: NDArray[np.float32] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        levels = (np.arange(256, dtype=np.float64) * self.scale).astype(np.float32)
        mean, std = (np.array(values, dtype=np.float32)[:, None] for values in (self.mean, self.std))
        object.__setattr__(self, "_levels", (levels - mean) / std)

    def __call__(self, pixels: Pixels) -> NDArray[np.float32]:
        """The tensor of one picture: uint8 sRGB (height, width, 3) to float32 (3, height, width)."""
        framed = self.framed(pixels)
        tensor = np.empty((3, self.height, self.width), dtype=np.float32)
        # A byte has 256 values: looking the result up is exact, and quicker than computing it per pixel.
        for channel in range(3):
            np.take(self._levels[channel], framed[..., channel], out=tensor[channel], mode="clip")
        return tensor

    @property
    def side(self) -> int:
        """The longer side of what the model looks at, pixels."""
        return max(self.height, self.width)

    @property
    def mode(self) -> str:
        """How pictures are framed, such as `clip-224-bicubic-center`; `framing` reads it back."""
        frame = "squash" if self.shortest is None else "center"
        size = f"{self.side}" if self.height == self.width else f"{self.height}x{self.width}"
        size += f"of{self.shortest}" if self.shortest not in (None, self.side) else ""
        return f"{self.family}-{size}-{self.resample.name.lower()}-{frame}"

    @property
    def numbers(self) -> tuple[Any, ...]:
        """Everything that changes the result, to be hashed."""
        return (
            *(self.height, self.width, self.shortest, int(self.resample)),
            *(self.mean, self.std, self.scale, self.rounded, DECODE_FACTOR),
        )

    def framed(self, pixels: Pixels) -> Pixels:
        """The part of a picture that the model looks at, in its size: uint8 (height, width, 3)."""
        image = Image.fromarray(pixels)
        if self.shortest is None:
            return _resized(image, (self.width, self.height), self.resample)
        small = _resized(image, _scaled(image.size, self.shortest), self.resample)
        return _cropped(small, self.height, self.width, round if self.rounded else int)


def from_preprocessor(config: Config) -> PictureInput:
    """The input that a `preprocessor_config.json` of transformers describes.

    Raises:
        ModelUnusable: it describes something that is not known here.
    """
    name = str(config.get("image_processor_type") or config.get("feature_extractor_type") or "CLIP")
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    settings = {
        **_DEFAULTS.get(name, {}),
        **{key: value for key, value in config.items() if value is not None},
    }
    try:
        return _from_settings(name.lower(), settings)
    except (KeyError, TypeError, ValueError) as error:
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
            Image.Resampling[str(config.get("interpolation", "bicubic")).upper()],
            _channels(config.get("mean", CLIP_MEAN)),
            _channels(config.get("std", CLIP_STD)),
            rounded=True,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unknown(f"open_clip's, with {error}") from error


def framing(preprocess: str) -> PictureInput | None:
    """What frames pictures as a `preprocess` says, so that only pixels need be sent to where the model is.

    None where it says nothing of the kind, or frames in a way that it does not spell out. What comes after
    the framing is the model's own: the numbers of the result's tensor are not.
    """
    told = _FRAMING.match(preprocess)
    if told is None:
        return None
    side = int(told["side"])
    return PictureInput(
        told["family"],
        side,
        side,
        side if told["frame"] == "center" else None,
        Image.Resampling[told["resample"].upper()],
        HALVES,
        HALVES,
        rounded=told["family"] == OPEN_CLIP,
    )


def fingerprint(picture: PictureInput, *more: object) -> str:
    """The mode with a hash of every number, and of whatever `more` changes a result."""
    digest = hashlib.sha256(repr((picture.numbers, more)).encode()).hexdigest()
    return f"{picture.mode}-{digest[:8]}"


def _from_settings(family: str, settings: Config) -> PictureInput:
    size = settings["size"]
    crops = bool(settings.get("do_center_crop", False))
    if isinstance(size, int):  # as written before sizes had names
        size = {"shortest_edge": size} if crops or family == "clip" else {"height": size, "width": size}
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
        Image.Resampling(settings["resample"]),
        _channels(settings["image_mean"]) if normalises else (0.0, 0.0, 0.0),
        _channels(settings["image_std"]) if normalises else (1.0, 1.0, 1.0),
        scale,
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


def _scaled(size: tuple[int, int], shortest: int) -> tuple[int, int]:
    width, height = size
    if width <= height:
        return shortest, int(shortest * height / width)
    return int(shortest * width / height), shortest


def _resized(image: Image.Image, size: tuple[int, int], resample: Image.Resampling) -> Pixels:
    return np.asarray(image.resize(size, resample))


def _cropped(pixels: Pixels, height: int, width: int, whole: Callable[[float], int]) -> Pixels:
    top, left = (
        whole((length - wanted) / 2) for length, wanted in zip(pixels.shape, (height, width), strict=False)
    )
    return pixels[top : top + height, left : left + width]
