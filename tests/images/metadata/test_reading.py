"""How the sources are joined: which goes first, and that each value names its own."""

import hashlib
import io
import json
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from tests.blocks import bag, data_set, photoshop, title, with_segment, xmp
from tests.pictures import encoded, exif, shapes

from pinakes.images import formats, metadata
from pinakes.images.metadata import Metadata

PICTURE = shapes(1, 16, 16)
TAKEN = "2024:05:01 10:00:30"


def read(block: bytes, **others: object) -> Metadata:
    formats.register()
    with Image.open(io.BytesIO(block)) as image:
        return metadata.read(image, **others)  # type: ignore[arg-type]


def jpeg(**options: Any) -> bytes:
    return encoded(PICTURE, **options)


def test_people_are_believed_in_the_order_sidecar_xmp_iptc_exif() -> None:
    iptc = photoshop(data_set(5, b"of IPTC") + data_set(105, b"head"))
    everything = with_segment(
        jpeg(exif=exif(XPTitle="of EXIF".encode("utf-16-le")), xmp=xmp(title("of XMP"))), iptc
    )
    without_xmp = with_segment(jpeg(exif=exif(XPTitle="of EXIF".encode("utf-16-le"))), iptc)
    found = read(everything, sidecar=xmp(title("of the sidecar"))).details
    assert (found["title"], found["sources"]["title"]) == ("of the sidecar", "sidecar:dc:title")
    assert read(everything).details["title"] == "of XMP"
    assert read(without_xmp).details["title"] == "of IPTC"
    assert read(jpeg(exif=exif(XPTitle="of EXIF".encode("utf-16-le")))).details["title"] == "of EXIF"


def test_iptc_that_was_changed_after_the_xmp_goes_first() -> None:
    iptc = data_set(5, b"of IPTC")
    picture = jpeg(xmp=xmp(title("of XMP")))
    unchanged = photoshop(iptc, hashlib.md5(iptc).digest())
    changed = photoshop(iptc, hashlib.md5(b"before").digest())
    assert read(with_segment(picture, unchanged)).details["title"] == "of XMP"
    assert read(with_segment(picture, changed)).details["title"] == "of IPTC"


def test_the_camera_is_believed_before_its_copy_in_xmp_but_not_before_a_sidecar() -> None:
    picture = jpeg(exif=exif(Model="Box", DateTimeOriginal=TAKEN), xmp=xmp(tiff_Model="Copy"))
    assert read(picture).details["camera"] == "Box"
    assert read(picture, sidecar=xmp(tiff_Model="Corrected")).details["camera"] == "Corrected"


def test_the_turn_is_that_of_the_picture_whatever_a_sidecar_says() -> None:
    turned = jpeg(exif=exif(Orientation=6))
    assert read(turned, sidecar=xmp(tiff_Orientation="3")).details["orientation"] == 6
    assert read(jpeg(xmp=xmp(tiff_Orientation="8"))).details["orientation"] == 8


def test_a_date_corrected_in_a_sidecar_is_the_moment_of_taking() -> None:
    picture = jpeg(exif=exif(DateTimeOriginal=TAKEN))
    found = read(picture, sidecar=xmp(exif_DateTimeOriginal="1975-06-01T12:00:00"))
    assert found.details["taken_at"] == "1975-06-01T12:00:00"
    assert found.details["sources"]["taken_at"] == "sidecar:exif:DateTimeOriginal"
    assert found.taken_at == 170856000.0


def test_another_source_lends_the_offset_of_the_same_second_only() -> None:
    picture = jpeg(exif=exif(DateTimeOriginal=TAKEN))
    same = read(picture, sidecar=b"", name="").details
    assert same["zone"] == "absent"
    lent = read(
        jpeg(exif=exif(DateTimeOriginal=TAKEN), xmp=xmp(exif_DateTimeOriginal="2024-05-01T10:00:30.5+02:00"))
    )
    assert lent.details["taken_at"] == "2024-05-01T10:00:30.500+02:00"
    assert lent.details["sources"]["taken_at"] == "EXIF:DateTimeOriginal"
    assert lent.details["sources"]["offset"] == "XMP:exif:DateTimeOriginal"
    other = read(
        jpeg(exif=exif(DateTimeOriginal=TAKEN), xmp=xmp(exif_DateTimeOriginal="2024-05-01T11:00:30+02:00"))
    )
    assert "offset" not in other.details


def test_the_satellites_clock_tells_the_zone_where_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pinakes.images.places.zone", lambda *_: "")
    place = {
        "GPSLatitude": (48.0, 8.0, 0.0),
        "GPSLatitudeRef": "N",
        "GPSLongitude": (11.0, 34.0, 0.0),
        "GPSLongitudeRef": "E",
    }
    clock = {"GPSDateStamp": "2024:05:01", "GPSTimeStamp": (8.0, 0.0, 10.0)}
    found = read(jpeg(exif=exif(DateTimeOriginal=TAKEN, **place, **clock))).details
    assert (found["offset"], found["zone"]) == ("+02:00", "gps-clock")
    assert found["sources"]["offset"] == "EXIF:GPSTimeStamp"
    stated = read(
        jpeg(exif=exif(DateTimeOriginal=TAKEN, OffsetTimeOriginal="+01:00", **place, **clock))
    ).details
    assert (stated["offset"], stated["zone"]) == ("+01:00", "stated")


def test_the_name_then_the_files_time_are_the_last_to_tell_a_date_and_never_certain() -> None:
    picture = jpeg()
    named = read(picture, name="IMG_20240501_100030.jpg", modified=0.0)
    assert (named.details["taken_at"], named.taken_at) == ("2024-05-01T10:00:30", None)
    assert named.details["sources"]["taken_at"] == "file:name"
    timed = read(picture, name="IMG_1.jpg", modified=86400.0)
    assert (timed.details["taken_at"], timed.taken_at) == ("1970-01-02T00:00:00+00:00", None)
    assert timed.details["sources"]["taken_at"] == "file:modified"
    dated = read(jpeg(exif=exif(DateTimeOriginal=TAKEN)), name="20200101.jpg", modified=0.0)
    assert dated.details["taken_at"] == "2024-05-01T10:00:30"


def test_a_position_is_taken_of_one_source_as_a_whole() -> None:
    place = {
        "GPSLatitude": (48.0, 8.0, 0.0),
        "GPSLatitudeRef": "N",
        "GPSLongitude": (11.0, 34.0, 0.0),
        "GPSLongitudeRef": "E",
        "GPSAltitude": 500.0,
    }
    picture = jpeg(exif=exif(**place))
    half = read(picture, sidecar=xmp(exif_GPSLatitude="10,0N")).details
    assert half["latitude"] == pytest.approx(48.1333333)
    moved = read(picture, sidecar=xmp(exif_GPSLatitude="10,0N", exif_GPSLongitude="20,0E")).details
    assert (moved["latitude"], moved["longitude"], moved.get("altitude")) == (10.0, 20.0, None)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_every_format_that_carries_exif_and_xmp_is_read(form: str) -> None:
    formats.register()
    packet = xmp(title("Harbour"))
    options: dict[str, Any] = {"exif": exif(Model="Box", DateTimeOriginal=TAKEN), "xmp": packet}
    if form == "PNG":
        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", packet.decode())
        options = {"exif": options["exif"], "pnginfo": text}
    elif form == "TIFF":
        tags = exif(Model="Box", DateTimeOriginal=TAKEN)
        tags[700] = packet
        tags[ExifTags.Base.DateTimeOriginal] = TAKEN  # Pillow writes no directory of the camera's into a TIFF
        options = {"exif": tags}
    details = read(encoded(PICTURE, form, **options)).details
    assert (details["camera"], details["created_at"], details["title"]) == (
        "Box",
        "2024-05-01T10:00:30",
        "Harbour",
    )


def test_camera_raw_is_read_of_its_own_tags() -> None:
    tags = exif(Model="Box")
    tags[700] = xmp(title("Harbour"))
    tags[ExifTags.Base.DateTimeOriginal] = TAKEN
    details = metadata.read(None, encoded=encoded(PICTURE, "TIFF", exif=tags)).details
    assert (details["camera"], details["created_at"], details["title"]) == (
        "Box",
        "2024-05-01T10:00:30",
        "Harbour",
    )
    assert metadata.read(None, encoded=b"FUJIFILMCCD-RAW 0201").details == {}


def test_what_the_picture_itself_is() -> None:
    deep = Image.fromarray(PICTURE[..., 0].astype("uint16") * 257)
    assert read(encoded(deep, "PNG")).details["bit_depth"] == 16
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    details = read(jpeg(icc_profile=profile)).details
    assert "sRGB" in details["colour_profile"]
    assert details["profile_space"] == "RGB"
    assert "colour_profile" not in read(jpeg(icc_profile=profile[:200])).details


def test_nothing_over_64_kib_is_kept_and_the_longest_field_goes_first() -> None:
    many = "".join(
        f"<{name}>{'x' * 20_000}</{name}>" for name in ("dc:description", "dc:rights", "tiff:Make")
    )
    lists = bag("dc:subject", *(f"{i:04} {'k' * 10}" for i in range(1000)))
    found = read(jpeg(), sidecar=xmp(many + lists, xmp_Label="Red")).details
    assert len(json.dumps(found)) <= 64 * 1024
    assert found["label"] == "Red"
    assert found["sources"].keys() == found.keys() - {"sources"}


def test_everything_is_plain_json() -> None:
    picture = jpeg(
        exif=exif(Model="Box", DateTimeOriginal=TAKEN, FNumber=2.8), xmp=xmp(title("T"), xmp_Rating="3")
    )
    details = read(picture).details
    assert json.loads(json.dumps(details, allow_nan=False)) == details
