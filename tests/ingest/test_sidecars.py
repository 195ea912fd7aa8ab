"""A sidecar belongs to the picture beside it: read with it, again when it changes, forgotten when it goes."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.blocks import sidecar, title
from tests.pictures import encoded, exif, picture, shapes
from tests.scanning import scan

from pinakes.db.session import open_database
from pinakes.db.tables import assets, contents
from pinakes.ingest import sidecars, steps


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    dated = exif(DateTimeOriginal="2024:05:01 10:00:30", Model="Box")
    (folder / "IMG.jpg").write_bytes(encoded(shapes(1), exif=dated))
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def told(state: Path, path: Path) -> Any:
    engine = open_database(state)
    with engine.connect() as connection:
        query = select(contents).join(assets, assets.c.sha256 == contents.c.sha256)
        row = connection.execute(query.where(assets.c.path == str(path))).one()
    engine.dispose()
    return row


def name_of(state: Path, path: Path) -> str | None:
    found = told(state, path).metadata.get("title")
    assert found is None or isinstance(found, str)
    return found


@pytest.mark.parametrize("name", ["IMG.jpg.xmp", "IMG.xmp", "IMG.XMP", "IMG.jpg.XMP"])
def test_a_sidecar_is_read_with_its_picture_and_stays_skipped(photos: Path, state: Path, name: str) -> None:
    sidecar(photos / name, title("Harbour"), exif_DateTimeOriginal="1975-06-01T12:00:00")
    report = scan(state, photos)
    assert report.counts == {"stored": 1, "skipped": 1, "refused": 0}
    assert report.skipped == {"sidecar": 1}
    row = told(state, photos / "IMG.jpg")
    assert row.metadata["title"] == "Harbour"
    assert row.metadata["sidecar"] == name
    assert row.metadata["sources"]["title"] == "sidecar:dc:title"
    assert row.taken_at == 170856000.0


def test_the_sidecar_with_the_whole_name_goes_first(photos: Path, state: Path) -> None:
    sidecar(photos / "IMG.xmp", title("of the stem"))
    sidecar(photos / "IMG.jpg.xmp", title("of the name"))
    scan(state, photos)
    assert name_of(state, photos / "IMG.jpg") == "of the name"


def test_a_sidecar_that_comes_changes_goes_and_returns_is_followed_without_decoding(
    photos: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(state, photos)
    before = told(state, photos / "IMG.jpg")
    # Were the picture prepared anew, its thumbnail would be written again.
    monkeypatch.setattr("pinakes.ingest.taking.prepare", None)
    path = sidecar(photos / "IMG.xmp", title("First"), exif_DateTimeOriginal="1975-06-01T12:00:00")
    scan(state, photos)
    assert name_of(state, photos / "IMG.jpg") == "First"
    sidecar(path, title("Second words"))
    scan(state, photos)
    assert name_of(state, photos / "IMG.jpg") == "Second words"
    away = path.rename(photos.parent / "IMG.xmp")
    scan(state, photos)
    assert told(state, photos / "IMG.jpg") == before
    shutil.move(away, path)
    scan(state, photos)
    assert name_of(state, photos / "IMG.jpg") == "Second words"
    assert scan(state, photos).changes["unchanged"] == 2


def test_what_only_the_pixels_tell_survives_a_sidecar(photos: Path, state: Path) -> None:
    scan(state, photos)
    before = told(state, photos / "IMG.jpg")
    sidecar(photos / "IMG.xmp", title("Harbour"))
    scan(state, photos)
    after = told(state, photos / "IMG.jpg")
    assert after.metadata[steps.EMPTY_SHARE] == before.metadata[steps.EMPTY_SHARE]
    assert after.perceptual_hash == before.perceptual_hash
    assert after.metadata["camera"] == "Box"


def test_of_the_sidecars_of_copies_the_one_changed_last_tells(photos: Path, state: Path) -> None:
    (photos / "sub").mkdir()
    shutil.copy2(photos / "IMG.jpg", photos / "sub" / "copy.jpg")
    os.utime(sidecar(photos / "IMG.xmp", title("Old")), (1000, 1000))
    scan(state, photos)
    sidecar(photos / "sub" / "copy.xmp", title("New"))
    scan(state, photos)
    assert name_of(state, photos / "IMG.jpg") == "New"
    os.utime(sidecar(photos / "IMG.xmp", title("Older still")), (2000, 2000))
    scan(state, photos)
    assert name_of(state, photos / "IMG.jpg") == "New"


def test_a_picture_that_arrives_beside_a_sidecar_that_was_there_is_told_by_it(
    photos: Path, state: Path
) -> None:
    sidecar(photos / "later.xmp", title("Waiting"))
    scan(state, photos)
    shutil.copy2(photos / "IMG.jpg", photos / "later.jpg")
    scan(state, photos)
    assert name_of(state, photos / "later.jpg") == "Waiting"


def test_a_picture_and_its_sidecar_that_move_keep_what_was_told(photos: Path, state: Path) -> None:
    sidecar(photos / "IMG.xmp", title("Harbour"))
    scan(state, photos)
    (photos / "sub").mkdir()
    for name in ("IMG.jpg", "IMG.xmp"):
        (photos / name).rename(photos / "sub" / name)
    scan(state, photos)
    assert name_of(state, photos / "sub" / "IMG.jpg") == "Harbour"


@pytest.mark.parametrize("content", [b"", b"no xml", b"<" * 100_000, b"\x00" * 1000])
def test_a_broken_sidecar_costs_nothing_of_the_picture(photos: Path, state: Path, content: bytes) -> None:
    (photos / "IMG.xmp").write_bytes(content)
    assert scan(state, photos).counts == {"stored": 1, "skipped": 1, "refused": 0}
    assert told(state, photos / "IMG.jpg").metadata["camera"] == "Box"


@pytest.mark.timeout(20)
def test_a_link_a_pipe_and_a_giant_are_nobodys_sidecar(photos: Path, tmp_path: Path) -> None:
    secret = sidecar(tmp_path / "secret.xmp", title("Secret"))
    (photos / "IMG.xmp").symlink_to(secret)
    assert sidecars.beside(str(photos / "IMG.jpg")) is None
    os.mkfifo(photos / "IMG.jpg.xmp")
    assert sidecars.beside(str(photos / "IMG.jpg")) is None
    with (photos / "big.xmp").open("wb") as file:
        file.truncate(100 * 2**20)
    assert sidecars.beside(str(photos / "big.jpg")) is None


def test_pictures_of_other_names_are_not_told(photos: Path, state: Path) -> None:
    picture(photos / "IMG.edited.jpg", 2)
    picture(photos / "IMG2.jpg", 3)
    scan(state, photos)
    sidecar(photos / "IMG.xmp", title("Harbour"))
    scan(state, photos)
    assert name_of(state, photos / "IMG.jpg") == "Harbour"
    assert name_of(state, photos / "IMG.edited.jpg") is None
    assert name_of(state, photos / "IMG2.jpg") is None


def test_a_date_in_a_name_is_told_but_never_as_certain(tmp_path: Path, state: Path) -> None:
    path = picture(tmp_path / "photos" / "IMG_20240501_100030.jpg", 5)
    scan(state, path.parent)
    row = told(state, path)
    assert (row.metadata["taken_at"], row.taken_at) == ("2024-05-01T10:00:30", None)


def test_a_scan_that_ends_while_a_sidecar_is_stored_reads_it_again_next_time(
    photos: Path, state: Path
) -> None:
    scan(state, photos)
    sidecar(photos / "IMG.xmp", title("Harbour"))

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("pinakes.ingest.sink._retell", stopped)
        scan(state, photos)
    assert name_of(state, photos / "IMG.jpg") is None
    scan(state, photos)
    assert name_of(state, photos / "IMG.jpg") == "Harbour"
