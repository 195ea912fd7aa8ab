"""What XMP says, and that a hostile packet says nothing and costs nothing."""

import time

import pytest
from tests.blocks import bag, title, xmp

from pinakes.images.metadata import packet
from pinakes.images.metadata import xmp as source


def fields(block: bytes) -> dict[str, object]:
    return {name: told.value for name, told in source.read(block, "XMP").layer.items()}


def test_words_of_a_person() -> None:
    inside = (
        title("Harbour")
        + bag("dc:subject", "sea", "boat", "sea")
        + bag("dc:creator", "Ann", "Bob", kind="Seq")
    )
    found = fields(xmp(inside, xmp_Rating="4", xmp_Label="Red"))
    assert found["title"] == "Harbour"
    assert found["keywords"] == ["sea", "boat"]
    assert found["artist"] == "Ann; Bob"
    assert (found["rating"], found["label"]) == (4, "Red")


@pytest.mark.parametrize(
    ("written", "stars"), [("-1", -1), ("0", 0), ("5", 5), ("3.5", 3), ("9", None), ("nan", None)]
)
def test_ratings(written: str, stars: int | None) -> None:
    assert fields(xmp(xmp_Rating=written)).get("rating") == stars


def test_keywords_in_a_tree_of_three_programs() -> None:
    for name, written in (("lr:hierarchicalSubject", "Places|Rome"), ("digiKam:TagsList", "Places/Rome")):
        assert fields(xmp(bag(name, written)))["hierarchical_keywords"] == ["Places|Rome"]


def test_faces_with_names_and_areas() -> None:
    inside = (
        '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>'
        '<rdf:li><rdf:Description mwg-rs:Name="Ann" mwg-rs:Type="Face">'
        '<mwg-rs:Area stArea:x="0.5" stArea:y="0.25" stArea:w="0.1" stArea:h="0.2" stArea:unit="normalized"/>'
        "</rdf:Description></rdf:li>"
        '<rdf:li rdf:parseType="Resource"><mwg-rs:Name>Far</mwg-rs:Name>'
        '<mwg-rs:Area stArea:x="7" stArea:y="0.25" stArea:w="0.1" stArea:h="0.2"/></rdf:li>'
        "</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
    )
    assert fields(xmp(inside))["faces"] == [
        {"name": "Ann", "type": "Face", "x": 0.5, "y": 0.25, "width": 0.1, "height": 0.2}
    ]


def test_times_and_their_tags() -> None:
    block = xmp(photoshop_DateCreated="2024-05-01T10:00:30+02:00", xmp_ModifyDate="2024-06-01")
    moment, tag = source.read(block, "sidecar").moments["created_at"]
    assert (moment.written, tag) == ("2024-05-01T10:00:30+02:00", "sidecar:photoshop:DateCreated")


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        ("33,51.52S", "70,30,0W", (-33.8586667, -70.5)),
        ("33.5", "-70.5", (33.5, -70.5)),
        ("91,0N", "7,0E", None),
        ("north", "7,0E", None),
    ],
)
def test_places(latitude: str, longitude: str, expected: tuple[float, float] | None) -> None:
    found = fields(xmp(exif_GPSLatitude=latitude, exif_GPSLongitude=longitude, exif_GPSAltitude="1250/10"))
    assert ((found["latitude"], found["longitude"]) if "latitude" in found else None) == expected
    assert found["altitude"] == 125.0


def test_a_place_that_the_author_named() -> None:
    place = source.read(xmp(photoshop_City="Roma", photoshop_Country="Italia"), "XMP").place
    assert {part: told.value for part, told in place.items()} == {"city": "Roma", "country": "Italia"}


def test_exposure_written_as_fractions() -> None:
    found = fields(
        xmp(bag("exif:ISOSpeedRatings", "400", kind="Seq"), exif_FNumber="28/10", exif_ExposureTime="1/250")
    )
    assert (found["aperture"], found["exposure_seconds"], found["iso"]) == (2.8, 0.004, 400.0)


def test_a_packet_cut_off_tells_what_it_told_until_there() -> None:
    block = xmp(title("Harbour") + bag("dc:subject", "sea"))
    assert fields(block[: block.index(b"<dc:subject")])["title"] == "Harbour"


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "block",
    [
        ENTITIES + xmp(title("&b;")),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + xmp(title("Harbour")),
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xmp(title("&a;")),
        xmp("<a:b>" * 10),
        b"<a>" * 200_000,
        b"\x00" * 1000,
        b"",
    ],
    ids=["entities", "doctype", "external", "unknown prefix", "deep", "zeros", "empty"],
)
def test_a_hostile_packet_tells_nothing_at_once(block: bytes) -> None:
    begun = time.thread_time()
    assert packet.properties(block) == {}
    assert time.thread_time() - begun < 2


def test_texts_and_lists_are_bounded() -> None:
    found = fields(xmp(title("x" * 100_000) + bag("dc:subject", *(f"word {i}" for i in range(5000)))))
    assert len(str(found["title"])) <= 16 * 1024
    keywords = found["keywords"]
    assert isinstance(keywords, list)
    assert len(keywords) == 1000
