"""Which files are pictures, told from suffix and first bytes alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pictures import encoded, shapes

from pinakes.images import formats


@pytest.mark.parametrize(
    "form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF", "JPEG2000", "PPM"]
)
def test_what_is_written_is_recognised_by_its_first_bytes(form: str) -> None:
    formats.register()
    assert formats.sniff(encoded(shapes(1, 64, 64), form)[: formats.PREFIX_BYTES]) == form


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        (b"\x00\x00\x00\x18ftypheic", "HEIF"),
        (b"\x00\x00\x00\x18ftypmif1", "HEIF"),
        (b"\x00\x00\x00\x18ftypavis", "AVIF"),
        (b"\x00\x00\x00\x18ftypisom", None),
        (b"MM\x00+\x00\x08", "TIFF"),
        (b"\xff\x4f\xff\x51\x00", "JPEG2000"),
        (b"P6 12 12 255 ", "PPM"),
        (b"Plain text that begins with P", None),
        (b"#!/bin/sh\n", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_first_bytes(prefix: bytes, name: str | None) -> None:
    assert formats.sniff(prefix) == name


@pytest.mark.parametrize(
    "suffix", [".jpg", ".jpeg", ".png", ".heic", ".avif", ".jp2", ".nef", ".cr3", ".jxl", ".psd"]
)
def test_suffixes_that_promise_a_picture(suffix: str) -> None:
    assert formats.is_picture_name(suffix)


@pytest.mark.parametrize("suffix", ["", ".txt", ".pdf", ".mp4", ".xmp", ".eps", ".h5"])
def test_suffixes_that_promise_none(suffix: str) -> None:
    assert not formats.is_picture_name(suffix)


def test_formats_that_are_not_read_are_named() -> None:
    assert formats.foreign(".psd") == "PSD"
    assert formats.foreign(".jpg") is None
    assert formats.foreign(".txt") is None


@given(st.binary(max_size=64))
def test_any_bytes_may_be_sniffed(prefix: bytes) -> None:
    name = formats.sniff(prefix)
    assert name is None or isinstance(name, str)
