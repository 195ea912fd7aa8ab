"""Adding pictures over HTTP: what becomes of good, bad and broken-off files."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.pictures import encoded, exif, picture, shapes
from tests.services.library.conftest import Place, settings_of
from tests.services.library.uploads.conftest import Door
from tests.small_disk import fill, small_disk
from tests.stand_ins import served
from tests.waiting import until

from pinakes.core.settings import ImageLimits
from pinakes.services.library.uploads.placing import INCOMING
from pinakes.services.opened import open_library
from pinakes.services.whole import build_application


def test_added_pictures_are_ingested_by_one_job(door: Door) -> None:
    assert door.library.roots == ()
    for seed in range(5):
        answer = door.add(encoded(shapes(seed)), f"{seed}.jpg")
        assert answer.status_code == 201, answer.text
        told = answer.json()
        assert told["outcome"] == "added" and told["asset"] is None
        assert Path(told["path"]).read_bytes() == encoded(shapes(seed)) and told["bytes"] == len(
            encoded(shapes(seed))
        )
    assert {asset["path"] for asset in door.ingested(5)} == {
        str(door.folder / f"{datetime.now(UTC):%Y/%Y-%m}" / f"{seed}.jpg") for seed in range(5)
    }
    assert len(door.jobs()) == 1
    assert door.library.roots == (str(door.folder),)
    assert door.partial == []
    again = door.add(encoded(shapes(3)), "the same under another name.jpg")
    assert again.status_code == 200
    (asset,) = (asset for asset in door.stored() if asset["path"].endswith("/3.jpg"))
    assert again.json()["outcome"] == "known" and again.json()["path"] == asset["path"]
    assert again.json()["asset"] is not None and len(door.files) == 5


def test_a_picture_goes_to_the_month_in_which_it_was_taken(shared_door: Door) -> None:
    body = encoded(shapes(20), exif=exif(DateTimeOriginal="2019:07:14 10:00:00").tobytes())
    path = Path(shared_door.add(body, "IMG_1.jpg", modified=1_000_000_000).json()["path"])
    assert path == shared_door.folder / "2019" / "2019-07" / "IMG_1.jpg"
    assert path.stat().st_mtime == 1_000_000_000


def test_a_name_that_is_taken_gets_a_number_and_nothing_is_overwritten(shared_door: Door) -> None:
    names = [
        Path(shared_door.add(encoded(shapes(30 + seed)), "image.png").json()["path"]) for seed in range(3)
    ]
    assert [path.name for path in names] == ["image.png", "image (2).png", "image (3).png"]
    assert [path.read_bytes() for path in names] == [encoded(shapes(30 + seed)) for seed in range(3)]


def test_a_file_without_a_suffix_gets_that_of_its_format(shared_door: Door) -> None:
    assert shared_door.add(encoded(shapes(40), "PNG"), "download").json()["path"].endswith("/download.png")


@pytest.mark.parametrize(
    "name", ["../../../escape.jpg", "..\\escape.jpg", "/etc/escape.jpg", "..", "a\0b.jpg"]
)
def test_no_name_leads_out_of_the_folder(shared_door: Door, name: str) -> None:
    seed = 50 + len(name)
    path = Path(shared_door.add(encoded(shapes(seed)), name).json()["path"])
    assert path.parent.parent.parent == shared_door.folder and path.is_file()


@pytest.mark.parametrize(
    ("name", "body", "status", "said"),
    [
        ("nothing.jpg", b"", 400, "nothing.jpg is empty"),
        ("notes.txt", b"no picture at all, only words of some length", 415, "notes.txt is no picture"),
        ("page.html", b"<html><script>alert(1)</script></html>", 415, "page.html is no picture"),
        ("clip.mov", b"\0\0\0\x18ftypqt  ", 415, "clip.mov is a video"),
        ("IMG_1.xmp", b"<x:xmpmeta/>", 415, "belongs to a picture"),
        ("drawing.svg", b"<svg/>", 400, "drawing.svg cannot be added"),
        (
            "words.jpg",
            b"these are words in a file that is called a picture",
            400,
            "words.jpg cannot be added",
        ),
        ("cut.png", encoded(shapes(1), "PNG")[:20], 400, "its end is missing"),
        ("raw.nef", b"II*\0" + bytes(200), 415, "raw.nef"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(
    shared_door: Door, name: str, body: bytes, status: int, said: str
) -> None:
    before = shared_door.files
    answer = shared_door.add(body, name)
    told = answer.json()
    if name == "raw.nef":  # with the extra it is damaged, without it not read
        assert answer.status_code in (400, 415)
    else:
        assert answer.status_code == status, told
    assert said in told["detail"], told
    assert shared_door.files == before and shared_door.partial == []


def test_a_bomb_and_a_file_of_too_many_bytes_are_refused(tmp_path: Path) -> None:
    limits = ImageLimits(max_pixels=10_000, max_bytes=50_000)
    library = open_library(settings_of(tmp_path).model_copy(update={"images": limits}), [])
    with served(build_application(library)) as client:
        door = Door(client, library)
        bomb = door.add(encoded(shapes(1)), "bomb.jpg")
        assert bomb.status_code == 413 and "bomb.jpg" in bomb.text and "pixels" in bomb.text
        large = door.add(bytes(50_001), "large.jpg")
        assert large.status_code == 413 and "50,000" in large.text
        assert client.get("/api/v1/uploads").json()["max_bytes"] == 50_000
        assert door.files == [] and door.partial == []


def test_a_body_larger_than_other_routes_take_is_taken(shared_door: Door) -> None:
    body = encoded(shapes(60)) + bytes(65 * 2**20)
    answer = shared_door.add(body, "long tail.jpg")
    assert answer.status_code == 201, answer.text
    Path(answer.json()["path"]).unlink()


def test_hostile_files_are_added_or_refused_with_a_sentence(shared_door: Door, shared_data: Path) -> None:
    paths = sorted(
        path
        for path in (shared_data / "hostile").rglob("*")
        if path.is_file() and path.stat().st_size < 2**20
    )[::12]
    assert paths
    for path in paths:
        answer = shared_door.add(path.read_bytes(), path.name)
        assert answer.status_code in (200, 201, 400, 413, 415), (path, answer.text)
        if answer.status_code >= 400:
            assert answer.json()["detail"].isprintable() and path.name in answer.json()["detail"], path
    assert shared_door.partial == []


def test_the_same_file_sent_many_times_at_once_is_kept_once(door: Door) -> None:
    body = encoded(shapes(70))
    with ThreadPoolExecutor(6) as senders:
        answers = list(senders.map(lambda number: door.add(body, f"{number}.jpg"), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["path"] for answer in answers}) == 1 and len(door.files) == 1


def test_a_copy_that_was_deleted_does_not_keep_the_file_out(place: Place) -> None:
    place.scanned()
    body = (place.photos / "b.jpg").read_bytes()
    door = Door(place.client, place.library)
    assert door.add(body, "b.jpg").json()["path"] == str(place.photos / "b.jpg")
    (place.photos / "b.jpg").unlink()
    assert door.add(body, "b.jpg").status_code == 201


def test_nothing_is_left_of_a_client_that_vanishes(shared_door: Door) -> None:
    before = shared_door.files
    url = shared_door.client.base_url
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(_head("half.jpg", 4_000_000) + encoded(shapes(1)) + bytes(2 * 2**20))
        until(lambda: shared_door.partial)
    until(lambda: not shared_door.partial)
    assert shared_door.files == before


def test_a_body_of_undeclared_length_is_refused(shared_door: Door) -> None:
    answer = shared_door.client.post("/api/v1/uploads?name=a.jpg", content=iter([b"a", b"b"]))
    assert answer.status_code == 400 and "Content-Length" in answer.text


def test_more_files_at_once_than_are_taken_are_told_to_wait(tmp_path: Path) -> None:
    library = open_library(settings_of(tmp_path, uploads_at_once=1), [])
    with served(build_application(library)) as client:
        door = Door(client, library)
        with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as connection:
            connection.sendall(_head("slow.jpg", 9000) + encoded(shapes(1))[:100])
            until(lambda: door.partial)
            answer = door.add(encoded(shapes(2)), "second.jpg")
            assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
        until(lambda: door.add(encoded(shapes(2)), "second.jpg").status_code == 201)


def test_a_full_disk_refuses_and_keeps_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=4) as disk:
        library = open_library(settings_of(tmp_path, uploads=disk / "uploads"), [])
        with served(build_application(library)) as client:
            door = Door(client, library)
            assert door.add(bytes(5 * 2**20), "too large.jpg").status_code == 507
            assert door.add(encoded(shapes(1)), "fits.jpg").status_code == 201
            ballast = fill(disk)
            answer = door.add(encoded(shapes(2)), "no room.jpg")
            assert answer.status_code == 507 and "full" in answer.json()["detail"] and answer.json()["remedy"]
            assert door.files == ["fits.jpg"] and door.partial == []
            ballast.unlink()
            assert door.add(encoded(shapes(2)), "no room.jpg").status_code == 201


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    library = open_library(settings_of(tmp_path, uploads=tmp_path / "file" / "uploads"), [])
    with served(build_application(library)) as client:
        answer = Door(client, library).add(encoded(shapes(1)), "a.jpg")
    assert answer.status_code == 409 and "PINAKES_APPLICATION__UPLOADS" in answer.text


def test_what_a_kill_left_is_removed_and_what_it_kept_waiting_is_ingested(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    incoming = settings.uploads_directory / INCOMING
    picture(settings.uploads_directory / "2024" / "2024-05" / "arrived.jpg", seed=3)
    incoming.mkdir()
    (incoming / "0123.part").write_bytes(b"half")
    (incoming / "waiting").touch()
    library = open_library(settings, [])
    with served(build_application(library)) as client:
        door = Door(client, library)
        (asset,) = door.ingested(1)
        assert asset["path"].endswith("/arrived.jpg") and door.partial == []
        assert not (incoming / "waiting").exists()


def test_a_scan_of_a_folder_that_holds_the_state_leaves_added_pictures_alone(tmp_path: Path) -> None:
    picture(tmp_path / "own.jpg", seed=1)
    library = open_library(settings_of(tmp_path), [str(tmp_path)])
    with served(build_application(library)) as client:
        door = Door(client, library)
        door.add(encoded(shapes(2)), "added.jpg")
        door.ingested(1)
        Place(client, library, tmp_path).scanned(tmp_path)
        assert {Path(asset["path"]).name: asset["missing"] for asset in door.stored()} == {
            "own.jpg": False,
            "added.jpg": False,
        }
        (door.folder / next(door.folder.rglob("added.jpg"))).unlink()
        Place(client, library, tmp_path).scanned(door.folder)
        assert {asset["missing"] for asset in door.stored() if asset["path"].endswith("added.jpg")} == {True}


def _head(name: str, nbytes: int) -> bytes:
    lines = (
        f"POST /api/v1/uploads?name={name} HTTP/1.1",
        "Host: localhost",
        f"Content-Length: {nbytes}",
        "",
        "",
    )
    return "\r\n".join(lines).encode()
