"""Searching over HTTP: every way in, every refusal, and what is said beside the hits."""

import base64
import json

import pytest
from tests.pictures import encoded, shapes
from tests.searching import Searched, names

from pinakes.search.library.history import remembered


def test_words_find_names_and_say_what_a_model_would_add(searched: Searched) -> None:
    found = searched.search("sunset")
    assert names(found) == ["sunset.jpg"]
    why = found["hits"][0]["why"]["words"]
    assert why["fields"] == ["name"]
    assert [why["excerpt"][start:end] for start, end in why["marks"]] == ["sunset"]
    assert [note["code"] for note in found["notes"]] == ["words-only"]
    assert "pinakes models pull" in found["notes"][0]["remedy"]
    assert found["total"] == 1


def test_an_empty_line_lists_every_picture(searched: Searched) -> None:
    found = searched.search()
    assert found["total"] == len(found["hits"]) == 5
    assert found["line"] is None


def test_conditions_and_directories_narrow(searched: Searched) -> None:
    assert names(searched.search("type:png")) == ["harbour.png"]
    found = searched.search("folder:city -tower", by="words")
    assert sorted(names(found)) == ["station again.jpg", "station.jpg"]


def test_pages_are_bounded_and_follow_one_another(searched: Searched) -> None:
    pages = [names(searched.search("", limit=2, offset=offset)) for offset in (0, 2, 4)]
    assert len({name for page in pages for name in page}) == 5
    assert searched.client.get("/api/v1/search", params={"limit": 0}).status_code == 422
    assert searched.client.get("/api/v1/search", params={"offset": 10**9}).status_code == 400


def test_a_line_that_does_not_parse_is_refused_with_its_place(searched: Searched) -> None:
    answer = searched.client.get("/api/v1/search", params={"q": "beach date:nonsense"})
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["code"] == "not-understood"
    assert "character 12" in problem["detail"]


def test_a_line_of_a_megabyte_is_refused_at_once(searched: Searched) -> None:
    answer = searched.post({"q": "a" * 2**20})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("q:")


def test_a_picture_finds_those_like_it_but_not_itself(searched: Searched) -> None:
    asset = searched.asset("station.jpg")
    found = searched.client.get(f"/api/v1/assets/{asset}/similar", params={"limit": 2}).json()
    assert names(found)[0] == "station again.jpg"
    assert "station.jpg" not in names(found)
    assert found["hits"][0]["why"]["likeness"]["score"] > 0.9
    assert found["model"].startswith("pinakes-global@")


def test_similar_pictures_may_be_narrowed(searched: Searched) -> None:
    asset = searched.asset("station.jpg")
    found = searched.client.get(f"/api/v1/assets/{asset}/similar", params={"q": "folder:beach"}).json()
    assert sorted(names(found)) == ["harbour.png", "sunset.jpg"]


def test_an_asset_that_is_none_is_not_found(searched: Searched) -> None:
    answer = searched.client.get("/api/v1/assets/999999/similar")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"
    assert searched.post({"terms": [{"sha256": "0" * 64}]}).status_code == 404


def test_a_picture_may_come_in_json(searched: Searched) -> None:
    image = base64.b64encode(encoded(shapes(2), quality=80)).decode()
    for written in (image, f"data:image/jpeg;base64,{image}"):
        found = searched.post({"terms": [{"image": written}], "limit": 2}).json()
        assert set(names(found)) == {"station.jpg", "station again.jpg"}


def test_pictures_may_come_as_files_beside_a_line_and_terms_that_name_them(searched: Searched) -> None:
    files = {"one": ("one.jpg", encoded(shapes(2)), "image/jpeg")}
    plain = searched.client.post("/api/v1/search", files=files, data={"q": "folder:city", "limit": "2"})
    assert set(names(plain.json())) == {"station.jpg", "station again.jpg"}
    asked = {"terms": [{"file": "one", "weight": -1}], "by": "meaning"}
    unlike = searched.client.post("/api/v1/search", files=files, data={"search": json.dumps(asked)})
    assert set(names(unlike.json())[-2:]) == {"station.jpg", "station again.jpg"}


def test_a_region_is_compared_alone(searched: Searched) -> None:
    import numpy as np

    beside = np.concatenate([shapes(3), shapes(1)], axis=1)
    half = {"left": 0.5, "top": 0, "width": 0.5, "height": 1}
    asked = {"terms": [{"file": "both", "region": half}], "limit": 1}
    found = searched.client.post(
        "/api/v1/search", files={"both": encoded(beside, "PNG")}, data={"search": json.dumps(asked)}
    ).json()
    assert names(found) == ["harbour.png"]
    assert found["hits"][0]["why"]["likeness"]["terms"][0]["term"] == "a region of a given picture"


def test_a_region_of_a_picture_of_the_library_is_read_from_its_file(searched: Searched) -> None:
    whole = {"left": 0, "top": 0, "width": 1, "height": 1}
    term = {"asset": searched.asset("station.jpg"), "region": whole}
    found = searched.post({"terms": [term], "limit": 1}).json()
    assert names(found) == ["station again.jpg"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"terms": [{"image": "no base64!"}]}, "terms[0].image is not base64"),
        ({"terms": [{"image": "https://example.org/a.jpg"}]}, "not base64"),
        ({"terms": [{"image": base64.b64encode(b"no picture").decode()}]}, "cannot be decoded"),
        ({"terms": [{"words": "a", "asset": 1}]}, "exactly one"),
        ({"terms": [{}]}, "exactly one"),
        ({"terms": [{"words": "a", "weight": 1e9}]}, "weight"),
        ({"terms": [{"file": "gone"}]}, "no part named"),
        ({"terms": [{"asset": 1, "region": {"left": 0.5, "top": 0, "width": 0.7, "height": 1}}]}, "region"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_is_malformed_is_refused_and_named(
    searched: Searched, body: dict[str, object], said: str
) -> None:
    answer = searched.post(body)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_bodies_of_other_kinds_are_refused(searched: Searched) -> None:
    answer = searched.client.post("/api/v1/search", content=b"q=a", headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    broken = searched.client.post(
        "/api/v1/search", content=b"--x", headers={"content-type": "multipart/form-data; boundary=y"}
    )
    assert broken.status_code == 400


def test_help_is_the_page_of_the_language(searched: Searched) -> None:
    answer = searched.client.get("/api/v1/search/help")
    assert answer.headers["content-type"].startswith("text/markdown")
    assert "folder:" in answer.text


def test_suggestions_know_fields_and_what_the_library_holds(searched: Searched) -> None:
    def suggested(q: str) -> list[str]:
        answer = searched.client.get("/api/v1/search/suggestions", params={"q": q}).json()
        return [each["text"] for each in answer["suggestions"]]

    assert any("date:" in text for text in suggested("da"))
    assert any("beach" in text for text in suggested("folder:be"))


def test_past_searches_are_kept_once_and_newest_first(searched: Searched) -> None:
    for line in ("harbour", "tower", "harbour"):
        searched.search(line)
    past = searched.client.get("/api/v1/search/past").json()["searches"]
    assert past[:2] == ["harbour", "tower"]
    assert past == remembered(searched.library.engine, 20)
