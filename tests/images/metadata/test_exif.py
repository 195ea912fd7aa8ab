"""What EXIF says, read tolerantly: broken fields are left out, never an error."""

import io
import struct
from datetime import UTC, datetime

import pytest
from PIL import Image
from tests.pictures import encoded, exif, shapes

from pinakes.images import metadata
from pinakes.images.metadata import Metadata


def read(**tags: object) -> Metadata:
    with Image.open(io.BytesIO(encoded(shapes(1, 16, 16), exif=exif(**tags)))) as image:
        return metadata.read(image)


def test_a_picture_without_metadata_says_what_it_is_and_no_more() -> None:
    with Image.open(io.BytesIO(encoded(shapes(1, 16, 16)))) as image:
        found = metadata.read(image)
    assert (found.fields, found.taken_at) == (0, None)
    assert found.details == {"bit_depth": 8, "sources": {"bit_depth": "file:bits per sample"}}


def test_the_moment_it_was_taken_with_its_fraction_and_offset() -> None:
    found = read(DateTimeOriginal="2024:05:01 10:00:30", SubsecTimeOriginal="25", OffsetTimeOriginal="+02:00")
    assert found.taken_at == datetime(2024, 5, 1, 10, 0, 30, 250_000, UTC).timestamp()
    assert found.details["taken_at"] == "2024-05-01T10:00:30.250+02:00"
    assert found.details["taken_at_utc"] == found.taken_at - 2 * 3600
    assert (found.details["offset"], found.details["zone"]) == ("+02:00", "stated")
    assert found.details["sources"]["taken_at"] == "EXIF:DateTimeOriginal"
    assert found.details["fraction"] is True


def test_the_best_moment_is_taken_and_it_says_which() -> None:
    found = read(DateTime="2020:01:01 00:00:00", DateTimeOriginal="    :  :     :  :  ")
    assert found.details["sources"]["taken_at"] == "EXIF:DateTime"
    assert found.taken_at == datetime(2020, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("text", ["", "yesterday", "0000:00:00 00:00:00", "2024:13:40 99:99:99", "2024:05"])
def test_a_moment_that_is_none_is_left_out(text: str) -> None:
    assert read(DateTimeOriginal=text).taken_at is None


def test_the_maker_is_not_said_twice() -> None:
    assert read(Make="Canon", Model="Canon EOS 5D").details["camera"] == "Canon EOS 5D"
    assert read(Make="Apple", Model="iPhone 15").details["camera"] == "Apple iPhone 15"
    kodak = read(Make="EASTMAN KODAK COMPANY", Model="KODAK CX7530").details
    assert (kodak["camera"], kodak["camera_maker"]) == ("KODAK CX7530", "EASTMAN KODAK COMPANY")
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


def test_a_place_of_zeros_is_one_that_was_lost() -> None:
    details = read(
        GPSLatitude=(0.0, 0.0, 0.0), GPSLatitudeRef="N", GPSLongitude=(0.0, 0.0, 0.0), GPSLongitudeRef="E"
    ).details
    assert "latitude" not in details


def test_height_direction_and_the_satellites_clock() -> None:
    details = read(
        GPSLatitude=(31.0, 33.0, 0.0),
        GPSLatitudeRef="N",
        GPSLongitude=(35.0, 28.0, 0.0),
        GPSLongitudeRef="E",
        GPSAltitude=430.5,
        GPSAltitudeRef=1,
        GPSImgDirection=271.25,
        GPSDateStamp="2024:05:01",
        GPSTimeStamp=(7.0, 0.0, 29.0),
    ).details
    assert details["altitude"] == -430.5
    assert details["direction"] == 271.25
    assert details["gps_at"] == "2024-05-01T07:00:29+00:00"


def test_the_exposure_in_the_units_of_photographers() -> None:
    details = read(
        FNumber=2.8,
        ExposureTime=0.004,
        ISOSpeedRatings=400,
        FocalLength=50.0,
        FocalLengthIn35mmFilm=75,
        Flash=25,
    ).details
    assert {name: details[name] for name in ("aperture", "exposure_seconds", "iso", "focal_length_35mm")} == {
        "aperture": 2.8,
        "exposure_seconds": 0.004,
        "iso": 400.0,
        "focal_length_35mm": 75.0,
    }
    assert details["flash"] is True


def test_words_that_a_camera_made_up_are_not_a_persons() -> None:
    assert "description" not in read(ImageDescription="OLYMPUS DIGITAL CAMERA         ").details
    assert read(ImageDescription="At the harbour").details["description"] == "At the harbour"


def test_a_comment_says_its_character_set() -> None:
    assert read(UserComment=b"ASCII\x00\x00\x00Good morning").details["description"] == "Good morning"
    wide = b"UNICODE\x00" + "Grüße".encode("utf-16-le")
    assert read(UserComment=wide).details["description"] == "Grüße"


def test_what_windows_wrote() -> None:
    details = read(
        XPTitle="Häuser".encode("utf-16-le"), XPKeywords="sea;boat\x00".encode("utf-16-le")
    ).details
    assert details["title"] == "Häuser"
    assert details["keywords"] == ["sea", "boat"]


def test_a_live_photo_names_its_film() -> None:
    film, burst = b"9D0B2A5E-0001\x00", b"C2A6D7B1-0002\x00"
    at = 14 + 2 + 2 * 12 + 4
    entries = struct.pack(">HHII", 0x0B, 2, len(burst), at) + struct.pack(
        ">HHII", 0x11, 2, len(film), at + len(burst)
    )
    notes = b"Apple iOS\x00\x00\x01MM" + struct.pack(">H", 2) + entries + bytes(4) + burst + film
    details = read(MakerNote=notes).details
    assert (details["burst_id"], details["live_photo_id"]) == ("C2A6D7B1-0002", "9D0B2A5E-0001")


def test_a_broken_tag_costs_only_itself() -> None:
    block = bytearray(exif(Make="Canon", Model="EOS 5D Mark II", DateTime="2024:05:01 10:00:00").tobytes())
    at = block.index(struct.pack(">HH", 0x0110, 2))
    block[at + 8 : at + 12] = b"\x7f\xff\xff\xff"
    image = Image.new("RGB", (4, 4))
    image.info["exif"] = bytes(block)
    found = metadata.read(image)
    assert found.details["camera_maker"] == "Canon"
    assert "camera_model" not in found.details
    assert found.taken_at is not None


def test_fields_are_counted() -> None:
    assert read(Make="A", Model="B").fields < read(Make="A", Model="B", LensModel="C", FNumber=2.0).fields
