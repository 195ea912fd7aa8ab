"""Pictures that searches bring: named by their content from then on, shown, refused, and gone."""

import http.client
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from tests.pictures import encoded, shapes
from tests.searching import Searched, named_pictures, names

#: Like "city/station.jpg", but another file.
LIKE_STATION = encoded(shapes(2), quality=70)


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    """An application of this module, whose kept pictures and past searches tests change."""
    with named_pictures(tmp_path_factory.mktemp("brought")) as there:
        yield there


def brought(searched: Searched, picture: bytes) -> dict[str, object]:
    answer = searched.client.post("/api/v1/search/pictures", content=picture)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_a_picture_that_was_brought_is_named_in_the_line(searched: Searched) -> None:
    name = brought(searched, LIKE_STATION)["sha256"]
    assert sorted(names(searched.search(f"like:{name}", limit=2))) == ["station again.jpg", "station.jpg"]
    part = searched.search(f"like:{name}@0.2,0.2,0.6,0.6 type:jpeg")
    assert part["hits"]
    assert searched.client.get("/api/v1/search/past").json()["searches"] == []  # it will be gone one day


def test_a_picture_of_the_library_is_known_as_such(searched: Searched) -> None:
    there = (searched.photos / "beach" / "sunset.jpg").read_bytes()
    told = brought(searched, there)
    assert told["asset"] == searched.asset("sunset.jpg")
    assert brought(searched, LIKE_STATION)["asset"] is None


def test_a_picture_that_was_brought_is_shown_upright(searched: Searched) -> None:
    turned = Image.new("RGB", (80, 40), "red")
    exif = turned.getexif()
    exif[0x0112] = 6
    stream = io.BytesIO()
    turned.save(stream, "JPEG", exif=exif)
    name = brought(searched, stream.getvalue())["sha256"]
    answer = searched.client.get(f"/api/v1/search/pictures/{name}", params={"side": 64})
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (32, 64)


def test_a_picture_of_the_library_is_shown_where_it_always_is(searched: Searched) -> None:
    asset = searched.asset("tower.jpg")
    with searched.library.reading() as connection:
        name = connection.exec_driver_sql("select sha256 from assets where id = ?", (asset,)).scalar()
    answer = searched.client.get(f"/api/v1/search/pictures/{name}")
    assert (answer.status_code, answer.headers["location"]) == (307, f"/api/v1/contents/{name}/picture")


def test_a_picture_that_is_gone_is_said_plainly(searched: Searched) -> None:
    for answer in (
        searched.client.get(f"/api/v1/search/pictures/{'0' * 64}"),
        searched.client.get("/api/v1/search", params={"q": f"like:{'0' * 64}"}),
    ):
        assert answer.status_code == 404
        assert "not kept any more" in answer.json()["detail"]
        assert "again" in answer.json()["remedy"]


@pytest.mark.parametrize("body", [b"", b"no picture", LIKE_STATION[:400]])
def test_what_is_no_picture_is_not_kept(searched: Searched, body: bytes) -> None:
    answer = searched.client.post("/api/v1/search/pictures", content=body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_a_picture_that_is_too_large_is_refused_unread(searched: Searched) -> None:
    connection = http.client.HTTPConnection(searched.client.base_url.host, searched.client.base_url.port)
    connection.putrequest("POST", "/api/v1/search/pictures")
    connection.putheader("Content-Length", str(searched.library.settings.images.max_bytes + 1))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    answer.read()
    connection.close()


def test_the_parts_of_a_line_are_told(searched: Searched) -> None:
    asset = searched.asset("station.jpg")
    line = f"boat type:png like:asset:{asset}@0,0,0.5,0.5^2"
    answer = searched.client.get("/api/v1/search/outline", params={"q": line})
    words, condition, picture = answer.json()["parts"]
    assert (words["kind"], words["without"]) == ("words", line.removeprefix("boat "))
    assert (condition["kind"], condition["text"]) == ("condition", "type:png")
    assert picture["weight"] == 2
    assert picture["picture"]["asset"] == asset
    assert len(picture["picture"]["sha256"]) == 64
    assert picture["picture"]["region"] == {"left": 0, "top": 0, "width": 0.5, "height": 0.5}
    wrong = searched.client.get("/api/v1/search/outline", params={"q": "boat ("})
    assert wrong.json()["code"] == "not-understood"


def test_past_searches_are_forgotten(searched: Searched) -> None:
    searched.search("sunset")
    assert searched.client.get("/api/v1/search/past").json()["searches"] == ["sunset"]
    assert searched.client.delete("/api/v1/search/past").status_code == 204
    assert searched.client.get("/api/v1/search/past").json()["searches"] == []
