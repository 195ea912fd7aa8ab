"""The journal over HTTP: acts, their items, and taking them back after a look."""

from pathlib import Path
from typing import Any

import pytest
from tests.services.library.conftest import Place
from tests.waiting import until

from pinakes.services.library import acting


@pytest.fixture
def act(place: Place) -> str:
    """An act that let one copy go."""
    place.scanned()
    asked = {"review": place.reviewed(), "dry_run": False}
    name: str = place.post("/resolutions", asked).json()["report"]["act"]
    return name


def test_an_act_opens_to_its_items_with_their_evidence(place: Place, act: str) -> None:
    assert place.get(f"/acts/{act}").json()["done"] == 1
    page = place.get(f"/acts/{act}/items").json()
    (item,) = page["items"]
    assert page["next"] is None
    assert (item["event"], item["verb"], item["tier"], item["model"]) == ("done", "trash", "bytes", "sha256")
    assert item["kept_path"].endswith(".jpg")
    assert item["why"].startswith("Kept because")
    assert item["bytes"] > 0
    assert place.get(f"/acts/{act}/items", cursor="1").json()["items"] == []
    assert place.get("/acts/19990101-000000-00000/items").status_code == 404


def test_an_undo_is_foreseen_and_says_what_stands_in_the_way(place: Place, act: str) -> None:
    (item,) = place.get(f"/acts/{act}/items").json()["items"]
    seen = place.post("/undo", {"acts": [act], "dry_run": True}).json()
    assert seen["reports"] == []
    assert seen["foresight"] == {
        "acts": [act],
        "items": 1,
        "looked_at": 1,
        "possible": 1,
        "bytes": item["bytes"],
        "refused": [],
    }
    Path(item["path"]).write_bytes(b"in the way")
    blocked = place.post("/undo", {"acts": None, "dry_run": True}).json()["foresight"]
    assert blocked["possible"] == 0
    assert "occupied" in blocked["refused"][0]["reason"]
    assert Path(item["path"]).read_bytes() == b"in the way"
    (report,) = place.post("/undo", {"acts": [act]}).json()["reports"]
    assert "occupied" in report["failed"][0]["reason"]
    Path(item["path"]).unlink()
    assert place.post("/undo", {"acts": [act]}).json()["reports"][0]["done"] == 1
    assert place.get(f"/acts/{act}/items").json()["items"][0]["event"] == "undone"


def test_acts_and_items_are_not_undone_together(place: Place, act: str) -> None:
    wrong: list[dict[str, Any]] = [{"acts": [act], "items": {act: [1]}}, {"items": {}}, {"items": {act: []}}]
    for asked in wrong:
        assert place.post("/undo", asked).status_code == 400
    assert place.get(f"/acts/{act}").json()["standing"] == 1


def test_much_is_undone_by_a_job(place: Place, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "MOST_AT_ONCE", 0)
    answer = place.post("/undo", {"acts": [act]})
    assert answer.status_code == 202
    assert answer.json()["reports"] == []
    name = answer.json()["job"]["id"]
    job = until(lambda: place.ended(f"/jobs/{name}"))
    assert (job["state"], job["undone"]) == ("succeeded", 1)
    assert place.get(f"/acts/{act}").json()["undone"] == 1
