"""Stored pixels of every kind become 8-bit sRGB."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from pinakes.images import colour


def profile_of(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 32768, 65535]], np.uint16), [0, 127, 255]),
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 127, 255]),
        (np.array([[0.0, 100.0, 255.0]], np.float32), [0, 100, 255]),
        (np.array([[0, 300, 65535]], np.int32), [0, 1, 255]),
        (np.array([[np.nan, np.inf, -5.0]], np.float32), [0, 0, 0]),
        (np.array([[0.0, 1e6]], np.float32), [0, 255]),
    ],
)
def test_deep_pixels_are_scaled_by_the_range_that_holds_them(values: np.ndarray, expected: list[int]) -> None:
    shown = np.asarray(colour.without_depth(Image.fromarray(values)))
    assert shown.dtype == np.uint8
    assert shown[0].tolist() == expected


def test_a_palette_with_transparency_keeps_it() -> None:
    image = Image.new("P", (4, 4))
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.info["transparency"] = 0
    plain = colour.without_depth(image)
    assert plain.mode == "RGBA"
    assert (np.asarray(colour.over_white(plain)) == 255).all()


def test_a_wide_gamut_is_brought_into_srgb() -> None:
    lab = profile_of("LAB")
    image = Image.new("LAB", (2, 2), (255, 128, 128))
    assert (np.asarray(colour.to_srgb(image, lab)) >= 250).all()


def test_an_srgb_profile_changes_nothing() -> None:
    image = Image.new("RGB", (2, 2), (10, 120, 250))
    assert np.array_equal(np.asarray(colour.to_srgb(image, profile_of("sRGB"))), np.asarray(image))


@pytest.mark.parametrize("profile", [None, b"", b"nonsense", b"\x00" * 200, b"x" * (9 * 2**20)])
def test_a_profile_that_cannot_be_used_is_passed_over(profile: bytes | None) -> None:
    image = Image.new("RGB", (2, 2), (10, 120, 250))
    assert np.array_equal(np.asarray(colour.to_srgb(image, profile)), np.asarray(image))


def test_transparency_goes_through_a_profile_unchanged() -> None:
    image = Image.new("RGBA", (2, 2), (10, 120, 250, 77))
    shown = colour.to_srgb(image, profile_of("sRGB"))
    assert np.asarray(shown)[..., 3].tolist() == [[77, 77], [77, 77]]


def test_cmyk_without_a_profile_is_shown() -> None:
    stream = io.BytesIO()
    Image.new("CMYK", (8, 8), (0, 0, 0, 0)).save(stream, "JPEG")
    with Image.open(stream) as image:
        image.load()
        assert (np.asarray(colour.to_srgb(colour.without_depth(image), None)) > 250).all()
