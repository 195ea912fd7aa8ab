"""XMP files that are added beside their pictures over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from tests.pictures import encoded, shapes
from tests.services.library.conftest import Place
from tests.services.library.uploads.conftest import Door
from tests.waiting import until

from pinakes.services.library.uploads.beside import LARGEST, place_of

PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="{}"/></rdf:RDF></x:xmpmeta>'
)


def packet(rating: int) -> bytes:
    return PACKET.format(rating).encode()


def rated(door: Door, asset: int) -> dict[str, Any] | None:
    metadata: dict[str, Any] = door.client.get(f"/api/v1/assets/{asset}/details").json()["content"][
        "metadata"
    ]
    return metadata if "rating" in metadata else None


def test_an_xmp_file_lies_beside_its_picture_and_is_read_with_it(door: Door) -> None:
    added = door.add(encoded(shapes(1)), "IMG_1.jpg").json()
    answer = door.add(packet(4), "IMG_1.xmp", of=added["sha256"], modified=1_000_000_000)
    assert (answer.status_code, answer.json()["outcome"]) == (201, "added"), answer.text
    path = Path(answer.json()["path"])
    assert path == Path(added["path"]).with_suffix(".xmp") and path.read_bytes() == packet(4)
    assert path.stat().st_mtime == 1_000_000_000
    door.ingested(1)
    asset = door.add(encoded(shapes(1)), "the same.jpg").json()["asset"]
    # On a slow machine the picture may have been ingested before its sidecar came; that has a job of its own.
    told = until(lambda: rated(door, asset), "the rating of the sidecar")
    assert (told["rating"], told["sidecar"]) == (4, "IMG_1.xmp")
    again = door.add(packet(4), "other.xmp", of=added["sha256"])
    assert (again.status_code, again.json()["outcome"], again.json()["path"]) == (200, "known", str(path))
    other = door.add(packet(5), "IMG_1.jpg.xmp", of=added["sha256"])
    assert other.status_code == 400 and "says something else" in other.json()["detail"]
    assert door.files == ["IMG_1.jpg", "IMG_1.xmp"] and door.partial == []


def test_a_sidecar_is_called_as_its_picture_is_called_now() -> None:
    picture = Path("/uploads/2019/IMG_1 (2).jpg")
    assert place_of(picture, "IMG_1.jpg.xmp").name == "IMG_1 (2).jpg.xmp"
    assert place_of(picture, "IMG_1.xmp").name == "IMG_1 (2).xmp"
    assert place_of(picture, "holiday.2019.XMP").name == "IMG_1 (2).xmp"


@pytest.mark.parametrize(
    ("name", "body", "status", "said"),
    [
        ("IMG_2.xmp", b"no packet", 415, "There is no XMP in it"),
        ("IMG_2.xmp", b"", 400, "is empty"),
        ("IMG_2.xmp", bytes(LARGEST + 1), 413, "which is the most"),
        ("IMG_2.jpg.json", b"{}", 415, "is no XMP file"),
        ("IMG_2.jpg", packet(1), 415, "is no XMP file"),
    ],
)
def test_what_is_no_xmp_is_not_put_beside_a_picture(
    shared_door: Door, name: str, body: bytes, status: int, said: str
) -> None:
    added = shared_door.add(encoded(shapes(2)), "IMG_2.jpg").json()
    answer = shared_door.add(body, name, of=added["sha256"])
    assert answer.status_code == status and said in answer.json()["detail"], answer.text
    assert [path.name for path in Path(added["path"]).parent.iterdir()] == ["IMG_2.jpg"]
    assert shared_door.partial == []


def test_nothing_is_put_beside_pictures_of_other_folders(place: Place) -> None:
    place.scanned()
    sha256 = place.get("/assets", outcome="stored", limit=1).json()["assets"][0]["sha256"]
    before = sorted(path.name for path in place.photos.iterdir())
    for of in (sha256, "0" * 64):
        answer = place.client.post("/api/v1/uploads", params={"name": "a.xmp", "of": of}, content=packet(1))
        assert answer.status_code == 404 and "not in the folder of added pictures" in answer.json()["detail"]
    odd = place.client.post("/api/v1/uploads", params={"name": "a.xmp", "of": "../a"}, content=packet(1))
    assert odd.status_code in (400, 422)
    assert sorted(path.name for path in place.photos.iterdir()) == before


def test_the_terms_name_what_is_not_worth_sending(shared_door: Door) -> None:
    terms = shared_door.client.get("/api/v1/uploads").json()
    assert ".mov" in terms["videos"] and {".xmp", ".aae"} <= set(terms["sidecars"])
