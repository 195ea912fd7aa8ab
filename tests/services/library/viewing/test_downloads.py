"""Chosen pictures as a zip."""

import io
import os
import zipfile
from pathlib import Path

from tests.services.library.conftest import Place

from pinakes.services.library.viewing.zipping import LEFT_OUT, Member, zipped


def ids(place: Place) -> list[int]:
    months = place.get("/timeline").json()["months"]
    return [one for month in months for one in place.get(f"/timeline/{month['month']}").json()["assets"]]


def fetched(place: Place, name: str) -> zipfile.ZipFile:
    answer = place.get(f"/assets/download/{name}")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="pinakes.zip"'
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_a_download_has_the_originals_byte_for_byte(ready: Place) -> None:
    asked = ready.post("/assets/download", {"assets": [*ids(ready), 99_999]}).json()
    archive = fetched(ready, asked["download"])
    assert archive.testzip() is None and asked["pictures"] == 3
    found = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    assert found == {name: (ready.photos / name).read_bytes() for name in ("a.jpg", "b.jpg", "z copy.jpg")}
    assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
    assert asked["bytes"] == sum(len(content) for content in found.values())


def test_what_vanished_or_changed_is_listed_and_the_rest_is_there(place: Place) -> None:
    place.scanned()
    asked = place.post("/assets/download", {"assets": ids(place)}).json()
    (place.photos / "a.jpg").unlink()
    (place.photos / "b.jpg").write_bytes(b"another file")
    archive = fetched(place, asked["download"])
    assert sorted(archive.namelist()) == sorted(["z copy.jpg", LEFT_OUT])
    told = archive.read(LEFT_OUT).decode()
    assert f"{place.photos / 'a.jpg'}: No such file" in told
    assert f"{place.photos / 'b.jpg'}: it is another file" in told


def test_a_link_put_in_the_place_of_a_folder_leads_nowhere(place: Place, tmp_path: Path) -> None:
    place.scanned()
    asked = place.post("/assets/download", {"assets": ids(place)}).json()
    elsewhere = tmp_path / "elsewhere"
    place.photos.rename(elsewhere)
    place.photos.symlink_to(elsewhere)
    archive = fetched(place, asked["download"])
    assert archive.namelist() == [LEFT_OUT]
    assert "not in a folder that may be read" in archive.read(LEFT_OUT).decode()


def test_unknown_downloads_and_pictures_are_not_found(ready: Place) -> None:
    assert ready.get("/assets/download/guessed").status_code == 404
    assert ready.post("/assets/download", {"assets": [99_999]}).status_code == 404
    assert ready.post("/assets/download", {"assets": []}).status_code == 422
    assert ready.post("/assets/download", {"assets": list(range(10_001))}).status_code == 422


def member(path: Path) -> Member:
    status = path.stat()
    return Member(str(path), status.st_size, status.st_mtime_ns)


def test_equal_names_become_different_ones(tmp_path: Path) -> None:
    paths = []
    for folder, name in (
        ("1", "x.jpg"),
        ("2", "X.JPG"),
        ("3", "x.jpg"),
        ("4", 'a"b\\c.jpg'),
        ("5", LEFT_OUT),
    ):
        path = tmp_path / folder / name
        path.parent.mkdir()
        path.write_bytes(folder.encode())
        paths.append(path)
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/no\xffutf8.jpg"))
    odd.write_bytes(b"6")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zipped(map(member, [*paths, odd]), opened))))
    assert archive.namelist() == [
        "x.jpg",
        "X (2).JPG",
        "x (3).jpg",
        "a_b_c.jpg",
        "not included (2).txt",
        "no\ufffdutf8.jpg",
    ]


def test_a_file_that_is_cut_off_while_it_is_sent_is_told(tmp_path: Path) -> None:
    path = tmp_path / "long.jpg"
    path.write_bytes(bytes(3 << 20))
    pieces = zipped([member(path)], opened)
    begun = next(pieces)
    os.truncate(path, 1 << 20)
    archive = zipfile.ZipFile(io.BytesIO(begun + b"".join(pieces)))
    assert "cut off meanwhile" in archive.read(LEFT_OUT).decode()
    assert archive.testzip() is None


def opened(path: str) -> int:
    return os.open(path, os.O_RDONLY)
