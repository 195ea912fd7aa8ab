"""No bytes, however broken, raise, hang, or say anything that cannot be stored."""

import io
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.blocks import bag, data_set, title, xmp
from tests.pictures import exif

from pinakes.images import formats, metadata
from pinakes.images.metadata import Metadata

EXIF = exif(
    Make="Canon",
    Model="EOS",
    DateTimeOriginal="2024:05:01 10:00:00",
    FNumber=2.8,
    GPSLatitude=(1.0, 2.0, 3.0),
).tobytes()
XMP = xmp(title("Harbour") + bag("dc:subject", "sea", "boat"), xmp_Rating="4", exif_GPSLatitude="1,2N")
IPTC = data_set(5, b"Harbour") + data_set(55, b"20240501")


def storable(found: Metadata) -> bool:
    return len(json.dumps(found.details, allow_nan=False).encode("utf-8")) <= 64 * 1024


def read(block: bytes = b"", packet: bytes = b"", iptc: bytes = b"", sidecar: bytes = b"") -> Metadata:
    image = Image.new("RGB", (4, 4))
    image.info |= {"exif": block, "xmp": packet, "photoshop": {0x0404: iptc}}
    return metadata.read(image, sidecar=sidecar)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=300))
def test_any_bytes_are_survived(block: bytes, packet: bytes, iptc: bytes) -> None:
    assert storable(read(block, packet, iptc, packet))
    assert storable(read(b"II*\x00\x08\x00\x00\x00" + block))
    assert storable(read(b"MM\x00*\x00\x00\x00\x08" + block))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=12), st.integers(0, 2000))
def test_changed_and_truncated_blocks_are_survived(changes: list[tuple[int, int]], end: int) -> None:
    def harmed(block: bytes) -> bytes:
        changed = bytearray(block)
        for at, value in changes:
            changed[at % len(changed)] = value
        return bytes(changed[: max(1, end % (len(changed) + 1))])

    assert storable(read(harmed(EXIF), harmed(XMP), harmed(IPTC), harmed(XMP)))


def test_a_directory_that_names_itself_and_says_it_is_endless_costs_nothing() -> None:
    entry = b"\x69\x87\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00"
    begun = time.thread_time()
    read(b"II*\x00\x08\x00\x00\x00" + b"\xff\xff" + entry * 70_000)
    assert time.thread_time() - begun < 1


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
def test_real_files_cut_off_are_survived(shared_data: Path, share: float) -> None:
    formats.register()
    for path in sorted((shared_data / "exif").rglob("*.jpg")):
        block = path.read_bytes()
        try:
            image = Image.open(io.BytesIO(block[: int(len(block) * share)]))
        except OSError:
            continue
        with image:
            assert storable(metadata.read(image)), path


def test_the_real_originals_are_all_read(shared_data: Path) -> None:
    formats.register()
    files = sorted(
        p for p in (shared_data / "exif").rglob("*") if p.suffix.lower() in (".jpg", ".tif", ".heic")
    )
    found = []
    for path in files:
        with Image.open(path) as image:
            begun = time.thread_time()
            found.append(metadata.read(image))
        assert storable(found[-1])
        assert time.thread_time() - begun < 5, path
    assert len(files) > 60
    assert sum(one.taken_at is not None for one in found) > len(files) // 2
    assert sum("latitude" in one.details for one in found) >= 10
    assert all(one.details["sources"].keys() == one.details.keys() - {"sources"} for one in found)
