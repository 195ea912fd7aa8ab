import io
from pathlib import Path

from PIL import Image
from tests.services.library.conftest import Place


def test_assets_come_in_pages_each_file_once(ready: Place) -> None:
    found, cursor = [], None
    while True:
        parameters = {"cursor": cursor} if cursor else {}
        page = ready.get("/assets", folder=str(ready.photos), limit=2, **parameters).json()
        found += page["assets"]
        cursor = page["next"]
        if cursor is None:
            break
    assert [Path(asset["path"]).name for asset in found] == [
        *("a.jpg", "b.jpg", "cut.jpg", "notes.txt", "z copy.jpg")
    ]
    assert [asset["outcome"] for asset in found] == ["stored", "stored", "refused", "skipped", "stored"]
    assert (found[0]["width"], found[0]["height"], found[0]["format"]) == (256, 192, "JPEG")
    assert found[2]["width"] is None


def test_assets_of_one_outcome_or_folder(ready: Place) -> None:
    (refused,) = ready.get("/assets", outcome="refused").json()["assets"]
    assert refused["reason"] == "truncated"
    assert ready.get("/assets", folder=str(ready.photos / "none")).json() == {"assets": [], "next": None}


def test_malformed_questions_about_assets_are_problems(ready: Place) -> None:
    for parameters, status in (
        ({"cursor": "*"}, 400),
        ({"cursor": "é"}, 400),
        ({"folder": "photos"}, 400),
        ({"outcome": "eaten"}, 422),
        ({"limit": 1001}, 422),
    ):
        assert ready.get("/assets", **parameters).status_code == status


def test_a_thumbnail_may_be_kept_for_ever(ready: Place) -> None:
    sha256 = ready.get("/assets").json()["assets"][0]["sha256"]
    response = ready.get(f"/contents/{sha256}/thumbnail")
    assert response.headers["content-type"] == "image/jpeg"
    assert "immutable" in response.headers["cache-control"]
    assert Image.open(io.BytesIO(response.content)).size == (256, 192)
    path = f"/api/v1/contents/{sha256}/thumbnail"
    again = ready.client.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == response.headers["etag"]
    assert ready.client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_thumbnail_that_was_lost_is_made_again(ready: Place) -> None:
    sha256 = ready.get("/assets").json()["assets"][1]["sha256"]
    first = ready.get(f"/contents/{sha256}/thumbnail").content
    ready.library.thumbnails.delete(sha256)
    assert ready.get(f"/contents/{sha256}/thumbnail").content == first


def test_a_content_that_is_not_there_is_a_problem(ready: Place) -> None:
    for name, status in (("0" * 64, 404), ("x" * 64, 400), ("A" * 64, 400), ("0", 400), ("..%2f..", 404)):
        assert ready.get(f"/contents/{name}/thumbnail").status_code == status
