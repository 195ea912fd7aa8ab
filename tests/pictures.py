"""Pictures that tests make themselves: deterministic, textured, of any size and format."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from pinakes.core.types import Pixels


def shapes(seed: int, height: int = 192, width: int = 256) -> Pixels:
    """Soft random shapes with some noise: uint8 RGB of shape (height, width, 3)."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), dtype=float)
    return np.clip(soft + rng.normal(0, 3, soft.shape), 0, 255).astype(np.uint8)


def encoded(pixels: Pixels | Image.Image, form: str = "JPEG", **options: object) -> bytes:
    """The picture as a file of the given format; options are Pillow's."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def picture(path: Path, seed: int = 0, form: str = "JPEG", **options: object) -> Path:
    """Write a picture of `seed` at `path`, with the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(shapes(seed), form, **options))
    return path


#: Tags of EXIF's first directory; the others are of the camera's.
_OF_THE_PICTURE = (
    "Make Model Orientation DateTime Software ImageDescription Artist Copyright XPTitle XPComment XPKeywords"
).split()


def exif(**tags: object) -> Image.Exif:
    """EXIF made of tags by their names, as `DateTimeOriginal="2024:05:01 10:00:00"`."""
    from PIL.ExifTags import GPS, IFD, Base

    made = Image.Exif()
    camera: dict[int, object] = {}
    place: dict[int, object] = {}
    for name, value in tags.items():
        if name.startswith("GPS"):
            place[GPS[name]] = value
        elif name in _OF_THE_PICTURE:
            made[Base[name]] = value
        else:
            camera[Base[name]] = value
    if camera:
        made.get_ifd(IFD.Exif).update(camera)
    if place:
        made.get_ifd(IFD.GPSInfo).update(place)
    return made
