"""What EXIF says, read tolerantly: broken fields are left out, never an error."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.pictures import encoded, exif, shapes

from pinakes.images import metadata
from pinakes.images.metadata import Metadata


def read(**tags: object) -> Metadata:
    with Image.open(io.BytesIO(encoded(shapes(1, 16, 16), exif=exif(**tags)))) as image:
        return metadata.read(image)


def test_a_picture_without_exif_says_nothing() -> None:
    with Image.open(io.BytesIO(encoded(shapes(1, 16, 16)))) as image:
        assert metadata.read(image) == Metadata(0, None, {})


def test_the_moment_it_was_taken_with_its_fraction_and_offset() -> None:
    found = read(DateTimeOriginal="2024:05:01 10:00:30", SubsecTimeOriginal="25", OffsetTimeOriginal="+02:00")
    assert found.taken_at == datetime(2024, 5, 1, 10, 0, 30, 250_000, UTC).timestamp()
    assert found.details["taken_from"] == "DateTimeOriginal"
    assert found.details["offset"] == "+02:00"
    assert found.details["fraction"] is True


def test_the_best_moment_is_taken_and_it_says_which() -> None:
    found = read(DateTime="2020:01:01 00:00:00", DateTimeOriginal="    :  :     :  :  ")
    assert found.details["taken_from"] == "DateTime"
    assert found.taken_at == datetime(2020, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "text", ["", "yesterday", "0000:00:00 00:00:00", "2024:13:40 99:99:99", "2024:05:01"]
)
def test_a_moment_that_is_none_is_left_out(text: str) -> None:
    assert read(DateTimeOriginal=text).taken_at is None


def test_the_maker_is_not_said_twice() -> None:
    assert read(Make="Canon", Model="Canon EOS 5D").details["camera"] == "Canon EOS 5D"
    assert read(Make="Apple", Model="iPhone 15").details["camera"] == "Apple iPhone 15"
    assert read(Make="Nikon\x00\x00 ", Model="D70\x00").details["camera"] == "Nikon D70"


def test_the_place_in_degrees_south_and_west_negative() -> None:
    found = read(
        GPSLatitude=(33.0, 51.0, 31.2),
        GPSLatitudeRef="S",
        GPSLongitude=(70.0, 30.0, 0.0),
        GPSLongitudeRef="W",
    )
    assert found.details["latitude"] == pytest.approx(-33.8586667)
    assert found.details["longitude"] == pytest.approx(-70.5)


@pytest.mark.parametrize("latitude", [(95.0, 0.0, 0.0), (1.0, 2.0)])
def test_a_place_that_is_none_is_left_out(latitude: tuple[float, ...]) -> None:
    details = read(
        GPSLatitude=latitude, GPSLatitudeRef="N", GPSLongitude=(7.0, 0.0, 0.0), GPSLongitudeRef="E"
    ).details
    assert "latitude" not in details
    assert "longitude" not in details


def test_fields_are_counted() -> None:
    assert read(Make="A", Model="B").fields < read(Make="A", Model="B", LensModel="C", FNumber=2.0).fields


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_for_exif_are_survived(block: bytes) -> None:
    image = Image.new("RGB", (4, 4))
    image.info["exif"] = b"Exif\x00\x00" + block
    found = metadata.read(image)
    assert found.fields >= 0


def test_the_real_originals_are_all_read(shared_data: Path) -> None:
    from pinakes.images import formats

    formats.register()
    files = sorted(
        p for p in (shared_data / "exif").rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".heic")
    )
    dated = located = 0
    for path in files:
        with Image.open(path) as image:
            found = metadata.read(image)
        dated += found.taken_at is not None
        located += "latitude" in found.details
    assert len(files) > 60
    assert dated > len(files) // 2
    assert located >= 3
