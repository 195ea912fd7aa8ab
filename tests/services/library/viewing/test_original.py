"""The files themselves: whole, in ranges, and never another than the one that was scanned."""

import os
from pathlib import Path

import pytest
from tests.pictures import encoded, shapes
from tests.services.library.conftest import Place
from tests.services.library.viewing.test_details import number_of


@pytest.fixture
def scanned(place: Place) -> Place:
    (place.photos / "scan.tif").write_bytes(encoded(shapes(7), "TIFF"))
    (place.photos / 'q"uote; é.png').write_bytes(encoded(shapes(8), "PNG"))
    place.scanned()
    return place


def original(name: str, place: Place) -> str:
    return f"/api/v1/assets/{number_of(place, name)}/original"


def test_the_file_comes_as_it_is_and_can_run_nothing(scanned: Place) -> None:
    answer = scanned.client.get(original("a.jpg", scanned))
    assert answer.content == (scanned.photos / "a.jpg").read_bytes()
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["content-disposition"].startswith('inline; filename="a.jpg"')


def test_ranges_are_answered_and_a_browser_that_has_it_is_told_so(scanned: Place) -> None:
    path, whole = original("a.jpg", scanned), (scanned.photos / "a.jpg").read_bytes()
    part = scanned.client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    assert scanned.client.get(path, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    again = scanned.client.get(path, headers={"If-None-Match": part.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_browsers_do_not_show_and_what_is_asked_for_is_downloaded(scanned: Place) -> None:
    answer = scanned.client.get(original("scan.tif", scanned))
    assert answer.headers["content-type"] == "image/tiff"
    assert answer.headers["content-disposition"].startswith("attachment;")
    named = scanned.client.get(original('q"uote; é.png', scanned), params={"download": "1"})
    assert named.headers["content-disposition"] == (
        "attachment; filename=\"q_uote; _.png\"; filename*=UTF-8''q%22uote%3B%20%C3%A9.png"
    )


@pytest.mark.parametrize("change", ["other bytes", "touched", "gone", "a folder", "a link out"])
def test_a_file_that_changed_since_the_scan_is_not_sent(scanned: Place, tmp_path: Path, change: str) -> None:
    file, path = scanned.photos / "a.jpg", original("a.jpg", scanned)
    elsewhere = tmp_path / "elsewhere.jpg"
    if change == "other bytes":
        file.write_bytes(b"something else")
    elif change == "touched":
        os.utime(file, (1, 1))
    elif change == "gone":
        file.unlink()
    elif change == "a folder":
        file.unlink()
        file.mkdir()
    else:
        file.rename(elsewhere)
        file.symlink_to(elsewhere)
    answer = scanned.client.get(path)
    assert answer.status_code == (403 if change == "a link out" else 404), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_file_that_is_no_picture_of_the_library_is_not_sent(scanned: Place) -> None:
    assert scanned.client.get(original("cut.jpg", scanned)).status_code == 404
    assert scanned.client.get("/api/v1/assets/999999/original").status_code == 404
