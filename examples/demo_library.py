"""A small photo library made of the real pictures that scikit-image carries, and altered copies of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import skimage.data
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps
from PIL.ExifTags import IFD, Base

#: Where scikit-image keeps the pictures that come with it; nothing is downloaded.
_SHIPPED = Path(skimage.data.__file__).parent

#: Says that the library is complete, and by which recipe it was made.
_MARK, _RECIPE = ".made-by", "pinakes demo 2\n"

#: Time of change of the first file, seconds since 1970 (2024-05-01); each further one is a minute later.
_FIRST_TIME = 1_714_521_600

#: Original pictures, by where they lie in the library.
_ORIGINALS = {
    "Space/astronaut.png": "astronaut.png",
    "Space/hubble deep field.jpg": "hubble_deep_field.jpg",
    "Space/rocket.jpg": "rocket.jpg",
    "Space/moon.png": "moon.png",
    "Home/chelsea.png": "chelsea.png",
    "Home/coffee.png": "coffee.png",
    "Home/coins.png": "coins.png",
    "Home/camera.png": "camera.png",
    "Doctor/retina.jpg": "retina.jpg",
}

_Step = Callable[[Image.Image], Image.Image]


def make(folder: Path) -> bool:
    """Make the library in `folder` unless it is there; returns whether anything was made.

    The same pictures come out each time, with the same names and times.
    """
    mark = folder / _MARK
    if mark.is_file() and mark.read_text() == _RECIPE:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    for number, path in enumerate(_files(folder)):
        os.utime(path, (_FIRST_TIME + 60 * number,) * 2)
    mark.write_text(_RECIPE)
    return True


def _files(folder: Path) -> Iterator[Path]:
    for place, name in _ORIGINALS.items():
        yield _placed(folder / place, (_SHIPPED / name).read_bytes())
    yield _placed(folder / "Backup" / "astronaut.png", (_SHIPPED / "astronaut.png").read_bytes())
    yield _placed(folder / "Backup" / "launch day (1).jpg", (_SHIPPED / "rocket.jpg").read_bytes())
    for place, source, step, options in _COPIES:
        with Image.open(_SHIPPED / source) as image:
            yield _saved(folder / place, step(image.convert("RGB")), **options)
    yield from _burst(folder / "Garage")
    broken = (_SHIPPED / "hubble_deep_field.jpg").read_bytes()
    yield _placed(folder / "Phone" / "cut short.jpg", broken[: len(broken) // 3])
    yield _placed(folder / "Phone" / "notes.txt", b"Milk, bread, film.\n")


def _burst(folder: Path) -> Iterator[Path]:
    # Three frames within a second: the two eyes of a stereo camera, and the first a few pixels on.
    for number, (name, shift) in enumerate([("left", 0), ("right", 0), ("left", 12)]):
        exif = Image.Exif()
        exif[Base.Make], exif[Base.Model] = "Middlebury", "Stereo"
        exif.get_ifd(IFD.Exif).update(
            {
                Base.DateTimeOriginal: "2024:05:04 15:30:10",
                Base.SubsecTimeOriginal: f"{number * 3}0",
            }
        )
        with Image.open(_SHIPPED / f"motorcycle_{name}.png") as image:
            frame = image.convert("RGB").crop((shift, 0, image.width - 12 + shift, image.height))
        yield _saved(folder / f"DSC_010{number + 1}.jpg", frame, quality=90, exif=exif)


def _placed(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _saved(path: Path, image: Image.Image, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path


def _same(image: Image.Image) -> Image.Image:
    return image


def _half(image: Image.Image) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)


def _cropped(image: Image.Image) -> Image.Image:
    width, height = image.size
    return image.crop((width // 6, height // 8, width * 9 // 10, height * 9 // 10))


def _bordered(image: Image.Image) -> Image.Image:
    small = ImageOps.contain(image, (900, 900))
    return ImageOps.expand(small, border=64, fill=(250, 247, 240))


def _turned(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.ROTATE_90)


def _tilted(image: Image.Image) -> Image.Image:
    # As a phone straightens: turned a little, and cut to what has no empty corners.
    width, height = image.size
    turned = image.rotate(4, resample=Image.Resampling.BICUBIC)
    return turned.crop((width // 16, height // 12, width * 15 // 16, height * 11 // 12))


def _captioned(image: Image.Image) -> Image.Image:
    captioned = image.copy()
    pen = ImageDraw.Draw(captioned)
    height = image.height // 8
    pen.rectangle((0, image.height - height, image.width, image.height), fill=(20, 20, 20))
    font = ImageFont.load_default(height // 2)
    pen.text((height // 3, image.height - height * 4 // 5), "MONDAY MORNING", font=font, fill="white")
    return captioned


def _warmer(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    warm = Image.merge(
        "RGB", (red.point(lambda v: min(255, v * 1.12)), green, blue.point(lambda v: v * 0.85))
    )
    return ImageEnhance.Contrast(warm).enhance(1.15)


#: Altered copies: where they lie, what they are made of, what was done, how they were saved.
_COPIES: tuple[tuple[str, str, _Step, dict[str, object]], ...] = (
    ("Backup/astronaut, another format.tiff", "astronaut.png", _same, {}),
    ("For the web/astronaut.jpg", "astronaut.png", _same, {"quality": 85}),
    ("For the web/chelsea small.jpg", "chelsea.png", _half, {"quality": 80}),
    ("For the web/chelsea mirrored.webp", "chelsea.png", ImageOps.mirror, {"quality": 85}),
    ("For the web/coffee cropped.jpg", "coffee.png", _cropped, {"quality": 88}),
    ("For the web/coffee monday.jpg", "coffee.png", _captioned, {"quality": 88}),
    ("Prints/hubble on its side.jpg", "hubble_deep_field.jpg", _turned, {"quality": 92}),
    ("Prints/rocket tilted.jpg", "rocket.jpg", _tilted, {"quality": 90}),
    ("Prints/retina with border.jpg", "retina.jpg", _bordered, {"quality": 90}),
    ("Prints/chelsea warmer.jpg", "chelsea.png", _warmer, {"quality": 90}),
)
