"""Decoding: upright, in sRGB, reduced, within limits, and a clear refusal for everything else."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.pictures import encoded, exif, shapes

from pinakes.core.errors import ImageRefused
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Pixels, Reason
from pinakes.images import decode, formats
from pinakes.images.decode import decode_at_least, decode_reduced

LIMITS = ImageLimits()


def decoded(data: bytes, long_side: int = 4096, limits: ImageLimits = LIMITS, suffix: str = "") -> Pixels:
    return decode_reduced(data, long_side=long_side, limits=limits, suffix=suffix)


def refusal(data: bytes, limits: ImageLimits = LIMITS, suffix: str = "") -> ImageRefused:
    with pytest.raises(ImageRefused) as caught:
        decoded(data, limits=limits, suffix=suffix)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "PPM"])
def test_lossless_formats_come_out_as_they_went_in(form: str) -> None:
    pixels = shapes(2)
    assert np.array_equal(decoded(encoded(pixels, form)), pixels)


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "AVIF", "HEIF", "JPEG2000"])
def test_lossy_formats_come_out_nearly_so(form: str) -> None:
    formats.register()
    pixels = shapes(3)
    difference = np.abs(decoded(encoded(pixels, form, quality=95)).astype(int) - pixels)
    assert difference.mean() < 4


def test_the_longer_side_is_reduced_and_small_pictures_are_left() -> None:
    data = encoded(shapes(4, 300, 600))
    assert decoded(data, 100).shape == (50, 100, 3)
    assert decoded(data, 1000).shape == (300, 600, 3)
    assert decoded(encoded(shapes(4, 1, 500), "PNG"), 100).shape == (1, 100, 3)


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation_is_applied(turn: int) -> None:
    upright = shapes(5, 96, 64)
    image = Image.fromarray(upright)
    inverse = {6: 8, 8: 6}.get(turn, turn)
    stored = decode.upright(image, inverse)
    data = encoded(stored, "PNG", exif=exif(Orientation=turn))
    assert np.array_equal(decoded(data), upright)
    with decode.opened(data, LIMITS) as opened:
        assert decode.upright_size(opened) == (64, 96)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "F"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    grey = Image.fromarray(shapes(6)).convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    elif mode == "LAB":
        image = Image.new("LAB", (32, 32), (128, 128, 128))
    else:
        image = grey.convert("RGB").convert(mode) if mode != "F" else grey.convert("F")
    pixels = decoded(encoded(image, "TIFF" if mode not in ("PA",) else "PNG"))
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3


def test_sixteen_bits_keep_their_tones() -> None:
    ramp = np.linspace(0, 65535, 256 * 16, dtype=np.uint16).reshape(16, 256)
    pixels = decoded(encoded(Image.fromarray(ramp), "PNG"))
    assert pixels.min() == 0
    assert pixels.max() == 255
    assert abs(int(pixels[8, 128, 0]) - 135) < 12


def test_transparency_is_shown_over_white() -> None:
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert (decoded(encoded(image, "PNG")) == 255).all()


def test_the_first_frame_of_several_is_taken() -> None:
    frames = [Image.fromarray(shapes(seed)) for seed in (7, 8)]
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert np.array_equal(decoded(data), shapes(7))


def test_an_empty_file_is_refused_by_name() -> None:
    assert refusal(b"").reason == Reason.EMPTY


def test_a_file_cut_short_is_refused_as_truncated() -> None:
    data = encoded(shapes(9))
    refused = refusal(data[: len(data) // 2])
    assert refused.reason == Reason.TRUNCATED
    assert "JPEG" in str(refused)


def test_a_format_that_is_not_read_is_named_with_what_to_do() -> None:
    refused = refusal(encoded(shapes(9), "TGA"), suffix=".tga")
    assert refused.reason == Reason.UNSUPPORTED_FORMAT
    assert "TGA" in str(refused)
    assert "Convert" in refused.remedy


def test_what_is_no_picture_is_refused() -> None:
    assert refusal(b"just some text, not a picture at all").reason == Reason.DAMAGED


def test_a_wrong_suffix_does_not_matter() -> None:
    assert decoded(encoded(shapes(10), "PNG"), suffix=".jpg").shape == (192, 256, 3)


def test_a_decompression_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = encoded(Image.new("1", (30_000, 30_000)), "PNG")
    refused = refusal(bomb)
    assert refused.reason == Reason.TOO_MANY_PIXELS
    assert "900,000,000" in str(refused)
    assert "PINAKES_IMAGES__MAX_PIXELS" in refused.remedy


def test_too_many_bytes_are_refused_unread() -> None:
    refused = refusal(encoded(shapes(11)), limits=ImageLimits(max_bytes=100))
    assert refused.reason == Reason.TOO_MANY_BYTES
    assert "PINAKES_IMAGES__MAX_BYTES" in refused.remedy


def test_two_hundred_megapixels_are_decoded_reduced() -> None:
    data = encoded(Image.new("L", (20_000, 10_000), 90), "JPEG")
    assert decoded(data, 512).shape == (256, 512, 3)


def test_a_broken_profile_and_broken_exif_do_not_refuse_the_picture() -> None:
    data = encoded(shapes(12), "JPEG", icc_profile=b"nonsense" * 20, exif=b"Exif\x00\x00broken")
    assert decoded(data).shape == (192, 256, 3)


def test_raw_without_the_extra_says_how_to_get_it() -> None:
    from pinakes.images import raw

    if raw.available():
        pytest.skip("the raw extra is installed")
    refused = refusal(b"II*\x00" + bytes(100), suffix=".nef")
    assert refused.reason == Reason.NEEDS_EXTRA
    assert "pinakes[raw]" in refused.remedy


def test_decoding_twice_gives_the_same_pixels() -> None:
    data = encoded(shapes(13), quality=70)
    assert np.array_equal(decoded(data, 100), decoded(data, 100))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damaged_bytes_give_pixels_or_a_refusal_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(
        encoded(shapes(14, 40, 40), data.draw(st.sampled_from(["JPEG", "PNG", "GIF", "BMP", "WEBP"])))
    )
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        pixels = decoded(bytes(whole), 64, ImageLimits(max_pixels=10**7))
    except ImageRefused as refused:
        assert refused.reason in set(Reason)
    else:
        assert pixels.dtype == np.uint8
        assert pixels.ndim == 3


def test_heic_of_a_real_camera(shared_data: Path) -> None:
    found = sorted((shared_data / "exif").rglob("*.heic")) or sorted((shared_data / "exif").rglob("*.HEIC"))
    if not found:
        pytest.skip("no HEIC among the real pictures")
    data = found[0].read_bytes()
    with decode.opened(data, LIMITS) as image:
        shown = decode.upright_size(image)
    height, width, _ = decoded(data, 256).shape
    assert abs(width / height - shown[0] / shown[1]) < 0.02


def test_jpeg_written_by_pillow_with_an_mpo_frame_opens_as_its_first() -> None:
    stream = io.BytesIO()
    Image.fromarray(shapes(15)).save(
        stream, "MPO", save_all=True, append_images=[Image.fromarray(shapes(16))]
    )
    assert decoded(stream.getvalue()).shape == (192, 256, 3)


def at_least(data: bytes, short_side: int, suffix: str = "") -> Pixels:
    return decode_at_least(data, short_side=short_side, limits=LIMITS, suffix=suffix)


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP", "AVIF", "JPEG2000", "GIF"])
def test_what_cannot_be_reduced_by_its_decoder_comes_in_full(form: str) -> None:
    formats.register()
    data = encoded(shapes(5, 600, 800), form)
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(image.convert("RGB"))
    assert np.array_equal(at_least(data, 32), expected)


@pytest.mark.parametrize(
    ("short_side", "shape"),
    [
        (32, (75, 100)),
        (75, (75, 100)),
        (76, (150, 200)),
        (224, (300, 400)),
        (448, (600, 800)),
        (601, (600, 800)),
    ],
)
def test_jpeg_is_reduced_no_further_than_asked(short_side: int, shape: tuple[int, int]) -> None:
    data = encoded(shapes(6, 600, 800))
    assert at_least(data, short_side).shape[:2] == shape


def test_a_jpeg_that_is_small_enough_is_the_reference_number_for_number() -> None:
    data = encoded(shapes(7, 300, 401), subsampling=0, quality=90)
    with Image.open(io.BytesIO(data)) as image:
        assert np.array_equal(at_least(data, 448), np.asarray(image.convert("RGB")))


def test_drafts_are_upright_and_in_srgb_too() -> None:
    upright = shapes(8, 400, 640)
    turned = Image.fromarray(upright).transpose(Image.Transpose.ROTATE_90)
    seen = at_least(encoded(turned, exif=exif(Orientation=6), quality=95), 100)
    assert seen.shape[:2] == (100, 160)
    small = np.asarray(Image.fromarray(upright).resize((160, 100), Image.Resampling.BOX))
    assert np.abs(seen.astype(int) - small).mean() < 4


@pytest.mark.parametrize("mode", ["L", "CMYK", "LA", "P", "I;16", "1"])
def test_every_mode_comes_as_three_channels(mode: str) -> None:
    image = Image.fromarray(shapes(9, 64, 64)).convert("L" if mode == "I;16" else mode)
    data = encoded(image.convert(mode), "TIFF" if mode in ("CMYK", "I;16") else "PNG")
    assert at_least(data, 16).shape == (64, 64, 3)


def test_what_models_are_given_is_refused_as_everything_else_is() -> None:
    with pytest.raises(ImageRefused):
        at_least(b"no picture", 224)
    with pytest.raises(ImageRefused) as caught:
        decode_at_least(encoded(shapes(1)), short_side=32, limits=ImageLimits(max_pixels=100))
    assert caught.value.reason == Reason.TOO_MANY_PIXELS
