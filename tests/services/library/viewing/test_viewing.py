"""What the pages ask: folders, months, larger pictures, tiers."""

import base64
import io

from PIL import Image
from tests.services.library.conftest import Place


def test_folders_say_what_the_last_scan_stored(ready: Place) -> None:
    (folder,) = ready.get("/folders").json()["folders"]
    assert folder["path"] == str(ready.photos) and folder["pictures"] == 3
    stored = [path for path in ready.photos.glob("*.jpg") if path.name != "cut.jpg"]
    assert folder["bytes"] == sum(path.stat().st_size for path in stored)


def test_the_timeline_counts_every_picture_once_and_its_months_list_them(ready: Place) -> None:
    timeline = ready.get("/timeline").json()
    assert timeline["count"] == sum(month["count"] for month in timeline["months"]) == 3
    listed = []
    for month in timeline["months"]:
        page = ready.get(f"/timeline/{month['month']}").json()
        assert len(page["assets"]) == len(page["sha256"]) == len(page["taken_at"]) == month["count"]
        assert abs(sum(page["ratios"]) - month["ratios"]) < 0.01
        listed += page["assets"]
    assert len(set(listed)) == 3


def test_a_month_comes_in_pages(ready: Place) -> None:
    (month,) = ready.get("/timeline").json()["months"]
    whole = ready.get(f"/timeline/{month['month']}").json()["assets"]
    pages = [
        ready.get(f"/timeline/{month['month']}", offset=at, limit=2).json()["assets"] for at in (0, 2, 4)
    ]
    assert pages == [whole[:2], whole[2:], []]


def test_pictures_have_placeholders_before_their_thumbnails(ready: Place) -> None:
    (month,) = ready.get("/timeline").json()["months"]
    page = ready.get(f"/timeline/{month['month']}").json()
    drawn = dict(zip(page["sha256"], page["placeholders"], strict=True))
    assert len(drawn) == 2 and len(set(drawn.values())) == 2
    assert {len(base64.b64decode(text, validate=True)) for text in drawn.values()} == {24}


def test_the_timeline_of_a_folder_is_of_what_lies_below_it(ready: Place) -> None:
    photos = str(ready.photos)
    whole = ready.get("/timeline").json()
    assert ready.get("/timeline", folder=photos).json() == whole
    assert ready.get("/timeline", folder=photos[:-1]).json() == {"months": [], "count": 0}
    (month,) = whole["months"]
    path = f"/timeline/{month['month']}"
    assert ready.get(path, folder=photos).json() == ready.get(path).json()
    assert ready.get(path, folder=f"{photos}/deeper").json()["assets"] == []
    for folder in ("photos", "", f"{photos}\0"):
        assert ready.get("/timeline", folder=folder).status_code == 400, folder


def test_pictures_that_go_and_come_back_go_and_come_back_in_the_timeline(place: Place) -> None:
    place.scanned()
    gone = place.photos / "a.jpg"
    kept = gone.read_bytes()
    gone.unlink()
    place.scanned()
    assert place.get("/timeline").json()["count"] == 2
    gone.write_bytes(kept)
    place.scanned()
    timeline = place.get("/timeline").json()
    assert timeline["count"] == 3 == sum(month["count"] for month in timeline["months"])


def test_what_is_no_month_is_a_problem(ready: Place) -> None:
    for name in ("2019", "2019-13", "now", "2019-1"):
        assert ready.get(f"/timeline/{name}").status_code == 400, name


def test_a_larger_picture_is_that_of_its_content_or_of_none(place: Place) -> None:
    place.scanned()
    sha256 = place.get("/assets", outcome="stored", limit=1).json()["assets"][0]["sha256"]
    # The first picture waits for a decoding process to start.
    answer = place.client.get(f"/api/v1/contents/{sha256}/picture?side=800", timeout=30)
    assert Image.open(io.BytesIO(answer.content)).size == (256, 192)
    again = place.client.get(answer.url, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    for copy in place.photos.glob("*.jpg"):
        copy.write_bytes(b"something else")
    assert place.get(f"/contents/{sha256}/picture", side=1600).status_code == 404
    assert place.get("/contents/nonsense/picture").status_code == 400
    assert place.get(f"/contents/{sha256}/picture", side=100_000).status_code == 422


def test_the_largest_sides_are_asked_for_like_the_others(ready: Place) -> None:
    sha = ready.get("/assets", outcome="stored", limit=1).json()["assets"][0]["sha256"]
    # The first picture waits for a decoding process to start.
    answer = ready.client.get(f"/api/v1/contents/{sha}/picture?side=12800", timeout=60)
    assert answer.headers["content-type"] == "image/jpeg" and "immutable" in answer.headers["cache-control"]
    assert Image.open(io.BytesIO(answer.content)).size == (256, 192)
    seen = ready.client.get(answer.url, headers={"If-None-Match": answer.headers["etag"]})
    assert seen.status_code == 304
    assert ready.get(f"/contents/{'0' * 64}/picture", side=12800).status_code == 404


def test_a_review_says_how_many_groups_each_tier_has(ready: Place) -> None:
    name = ready.reviewed()
    (tier,) = ready.get(f"/reviews/{name}/tiers").json()["tiers"]
    assert tier == {
        "tier": "bytes",
        "groups": 1,
        "reclaimable_bytes": (ready.photos / "a.jpg").stat().st_size,
    }
    assert ready.get("/reviews/none/tiers").json() == {"tiers": []}
