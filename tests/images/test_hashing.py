"""Exact identities: of bytes, and of what the pixels show whatever the container."""

import numpy as np
import pytest
from PIL import Image
from tests.pictures import encoded, exif, shapes

from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.images import decode, hashing

LIMITS = ImageLimits()


def identity(data: bytes) -> str:
    return hashing.pixels_sha256(data, LIMITS)


def test_the_identity_of_bytes_is_sha256() -> None:
    assert hashing.sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("form", ["BMP", "TIFF", "PPM"])
def test_lossless_containers_of_the_same_pixels_share_one(form: str) -> None:
    pixels = shapes(1)
    assert identity(encoded(pixels, form)) == identity(encoded(pixels, "PNG"))


def test_metadata_and_compression_do_not_matter() -> None:
    pixels = shapes(2)
    plain = encoded(pixels, "PNG", compress_level=1)
    dressed = encoded(pixels, "PNG", compress_level=9, exif=exif(Make="Maker"))
    assert plain != dressed
    assert identity(plain) == identity(dressed)


def test_a_turn_in_the_pixels_is_the_same_as_a_turn_in_the_tag() -> None:
    upright = Image.fromarray(shapes(3))
    stored = decode.upright(upright, 8)
    assert identity(encoded(stored, "PNG", exif=exif(Orientation=6))) == identity(encoded(upright, "PNG"))


def test_one_changed_pixel_matters() -> None:
    pixels = shapes(4)
    other = pixels.copy()
    other[100, 100, 1] ^= 1
    assert identity(encoded(pixels, "PNG")) != identity(encoded(other, "PNG"))


def test_lossy_encodings_differ() -> None:
    assert identity(encoded(shapes(5), quality=90)) != identity(encoded(shapes(5), quality=91))


def test_an_opaque_alpha_channel_does_not_matter_and_a_used_one_does() -> None:
    image = Image.fromarray(shapes(6))
    opaque, clear = image.copy(), image.copy()
    opaque.putalpha(255)
    clear.putalpha(128)
    assert identity(encoded(opaque, "PNG")) == identity(encoded(image, "PNG"))
    assert identity(encoded(clear, "PNG")) != identity(encoded(image, "PNG"))


def test_depth_matters() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    deep = grey.astype(np.uint16) * 257
    deep[0, 0] += 1
    eight, sixteen = (encoded(Image.fromarray(values), "PNG") for values in (grey, deep))
    assert identity(eight) != identity(sixteen)


def test_shape_matters_even_where_the_bytes_are_the_same() -> None:
    flat = np.zeros((10, 20, 3), np.uint8)
    assert identity(encoded(flat, "PNG")) != identity(encoded(flat.reshape(20, 10, 3), "PNG"))


def test_all_frames_of_an_animation_count() -> None:
    first, second, third = (Image.fromarray(shapes(seed, 32, 32)) for seed in (7, 8, 9))
    one, other = (encoded(first, "PNG", save_all=True, append_images=[last]) for last in (second, third))
    assert identity(one) != identity(other)
    assert identity(one) != identity(encoded(first, "PNG"))


def test_an_animation_too_long_to_compare_is_refused() -> None:
    frames = [Image.fromarray(shapes(seed, 40, 40)) for seed in range(4)]
    data = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    with pytest.raises(ImageRefused, match="4 frames"):
        hashing.pixels_sha256(data, ImageLimits(max_pixels=3 * 1600))
